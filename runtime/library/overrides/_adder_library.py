"""Serves the standard library that is part of the binary, at its place in sys.path.

The library has no files: its folder (sys._stdlib_dir) is a name that only this finder knows. Code and source come from
_imp; everything else of the import system is importlib's own.
"""

import sys
import _imp
from _frozen_importlib import FrozenImporter, ModuleSpec, _call_with_frames_removed
from _frozen_importlib_external import _path_stat

ROOT = sys._stdlib_dir


class LibraryLoader:
    """Loader of one module of the library."""

    def __init__(self, name, path, is_package):
        self.name = name
        self.path = path
        self._is_package = is_package

    def __eq__(self, other):
        return self.__class__ is other.__class__ and self.__dict__ == other.__dict__

    def __hash__(self):
        return hash(self.name) ^ hash(self.path)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        code = self.get_code(module.__name__)
        _call_with_frames_removed(exec, code, module.__dict__)
        if self.name == 'linecache':
            command = _imp._command()
            if command is not None:
                module._register_code(*command, '<string>')

    def load_module(self, fullname):
        from importlib._bootstrap import _load_module_shim
        return _load_module_shim(self, fullname)

    def get_code(self, fullname):
        return _imp._library_code(self.name, self.path)

    def get_source(self, fullname):
        return _imp._library_source(self.name)

    def get_filename(self, fullname=None):
        return self.path

    def is_package(self, fullname):
        return self._is_package

    def get_data(self, path):
        if path.startswith(ROOT + '/'):
            source = _imp._library_file(path[len(ROOT) + 1:])
            if source is not None:
                return source.encode()
        with open(path, 'rb') as file:
            return file.read()


class LibraryFinder:
    """Path entry finder of one folder of the library."""

    def __init__(self, path):
        below = path[len(ROOT):].strip('/')
        self.path = path
        self.prefix = below.replace('/', '.') + '.' if below else ''

    def find_spec(self, fullname, target=None):
        name = self.prefix + fullname.rpartition('.')[2]
        found = _imp._library_find(name)
        if found is None:
            return None
        is_package, file = found
        path = ROOT + '/' + file
        loader = LibraryLoader(name, path, is_package)
        spec = ModuleSpec(fullname, loader, origin=path, is_package=is_package)
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations.append(path.rpartition('/')[0])
        return spec

    def invalidate_caches(self):
        pass

    def iter_modules(self, prefix=''):
        for name, is_package in _imp._library_list(self.prefix):
            yield prefix + name, is_package

    def __repr__(self):
        return f'LibraryFinder({self.path!r})'


def hook(path):
    if path == ROOT or path.startswith(ROOT + '/'):
        return LibraryFinder(path)
    raise ImportError('only for the standard library', path=path)


def archive_hook(path):
    """Takes zipimporter's place until the first path that may lead into an archive: few programs need it."""
    part = path
    while part:
        try:
            mode = _path_stat(part).st_mode
        except OSError:
            part = part.rpartition('/')[0]
            continue
        if mode & 0o170000 == 0o100000:
            break
        part = ''
    if not part:
        raise ImportError('not a Zip file', path=path)
    from zipimport import zipimporter
    if archive_hook in sys.path_hooks:
        sys.path_hooks[sys.path_hooks.index(archive_hook)] = zipimporter
    return zipimporter(path)


def install():
    sys.path_hooks[:0] = hook, archive_hook
    FrozenImporter.get_source = classmethod(lambda cls, fullname: _imp._library_source(fullname))
