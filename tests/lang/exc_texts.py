# Texts of errors: arguments of descriptors and constructors, attributes that cannot be written, hashes in set operations.
import types,typing
def t(s):
    try: print(s, '->', eval(s,globals()))
    except BaseException as e: print(s, '!', type(e).__name__, e, getattr(e,'name','-'), type(getattr(e,'obj',None)).__name__)
class C: pass
class R:
    def __rrshift__(self,o): return 5
for s in ["type(iter('ab')).__name__","type(iter('é')).__name__","type(iter('ab')), type(iter('é'))","print>>1","print>>C()","print>>None","__import__('operator').rshift(print,1)","__import__('operator').irshift(print,1)","(1).__delitem__", "().__delitem__", "type(lambda:0)()","types.FunctionType(1)","types.FunctionType(code=1)","types.FunctionType()", "typing.TypeAliasType()","__import__('weakref').ref(C())(1)","__import__('weakref').ref(C())(a=1)","__import__('weakref').ref(C())(1,a=2)","types.FunctionType.__new__(types.FunctionType, 1,2,3,4,5,6,7,8)","types.CodeType()","__import__('operator').itemgetter()","__import__('operator').itemgetter(a=1)","setattr(C,'__mro__',())","setattr(C,'__basicsize__',1)","setattr(int,'__mro__',())","delattr(C,'__mro__')","setattr(C,'__flags__',1)","setattr(C,'__dictoffset__',1)","setattr(C,'__base__',int)", "setattr((lambda:0),'__closure__',1)","setattr((lambda:0),'__globals__',1)","setattr(C,'__text_signature__',1)","setattr(type(lambda:0),'__text_signature__',1)", "{1:[]}.items() & {1}", "{1:[]}.items() | {1}","{1:[]}.items() ^ {1}","{1:[]}.items() - {1}", "{1} & {1:[]}.items()","{1} - {1:[]}.items()", "{1:2}.keys() & [[]]", "{1:2}.keys() | [[]]","{1:2}.items() & [(1,[])]", "{1:2}.items().isdisjoint([[]])","{1:2}.keys().isdisjoint([[]])","{1:[]}.items() ^ {1:2}.items()","{1:[]}.items() & {1:2}.items()"]: t(s)
class S: __slots__=('a',)
t("S.a.__set__(S())"); t("S.a.__set__()"); t("S.a.__set__(1,2,3)");t("S.a.__get__()");t("S.a.__delete__()");t("S.a.__delete__(1,2)");t("(lambda:0).__get__()");t("(lambda:0).__get__(1,2,3)")
class L:
    __slots__=()
    attribute=1
t("setattr(L(),'attribute',1)");t("delattr(L(),'attribute')");t("setattr(L(),'zz',1)");t("setattr(object(),'zz',1)");t("setattr(object(),'__str__',1)")
