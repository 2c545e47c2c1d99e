# Deletion of items where the type has none: sequences that are asked by an index say it in other words.
class A: pass
class T(tuple): pass
class I(int): pass
import collections,array,types,re
for o in [A(),T((1,)),I(1),1,1.5,None,len,{1:2}.keys(),{1},frozenset(),range(3),b'a','a',(1,),memoryview(b'ab'),types.MappingProxyType({}),types,A,iter([]),slice(1),collections.deque(), Ellipsis, 1j, {}.items(), {}.values(), int|str, list[int], types.SimpleNamespace(), zip(), (i for i in ()), types.MethodType(len,1), {}.__len__, property(), map(len,[]), int, type, collections.OrderedDict().keys(), bytearray, A.__dict__]:
    for k in (0,'a'):
        try: del o[k]
        except Exception as e: print(type(o).__name__, repr(k), e)
