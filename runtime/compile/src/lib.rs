//! AST to bytecode: symbol table, emitter, flow graph, assembler; emits plain data only.
