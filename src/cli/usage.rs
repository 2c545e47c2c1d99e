//! Help texts of the command.

pub const VERSION: &str = "Python 3.14.7";

pub const USAGE: &str = "\
usage: adder [option] ... [-c cmd | -m mod | file | -] [arg] ...
       adder bench ...: measures a program (adder bench --help)
       adder explain ...: tells what the JIT made of it (adder explain --help)
Options (and corresponding environment variables):
-b     : issue warnings about converting bytes/bytearray to str and comparing
         bytes/bytearray with str or bytes with int; also PYTHONBYTESWARNING=x
         (-bb: issue errors)
-B     : don't write .pyc files on import; also PYTHONDONTWRITEBYTECODE=x
-c cmd : program passed in as string (terminates option list)
-d     : accepted and ignored; also PYTHONDEBUG=x
-E     : ignore PYTHON* environment variables (such as PYTHONPATH)
-h     : print this help message and exit (also -? or --help)
-i     : inspect interactively after running script; also PYTHONINSPECT=x
-I     : isolate from the user's environment (implies -E -P -s)
-m mod : run library module as a script (terminates option list)
-O     : remove assert and __debug__-dependent statements; also PYTHONOPTIMIZE=x
-OO    : do -O changes and also discard docstrings
-P     : don't prepend a potentially unsafe path to sys.path; also PYTHONSAFEPATH
-q     : don't print version and copyright messages on interactive startup
-s     : don't add user site directory to sys.path; also PYTHONNOUSERSITE=x
-S     : don't imply 'import site' on initialization
-u     : force the stdout and stderr streams to be unbuffered; also
         PYTHONUNBUFFERED=x
-v     : verbose (trace import statements); also PYTHONVERBOSE=x
-V     : print the version number and exit (also --version); -VV: more
-W arg : warning control; arg is action:message:category:module:lineno
         also PYTHONWARNINGS=arg
-x     : skip first line of source
-X opt : set implementation-specific option
file   : program read from script file
-      : program read from stdin (default; interactive mode if a tty)
arg ...: arguments passed to program in sys.argv[1:]
--check-hash-based-pycs default|always|never:
         whether cache files that hold a hash are compared with their source
--help-env: print what environment variables mean and exit
--help-xoptions: print what -X options mean and exit
--help-all: print all of these and exit
";

pub const ENVIRONMENT: &str = "\
Environment variables (ignored with -E and -I):
ADDER_LIBRARY   : folder with a standard library to use instead of the built-in one
PYTHONBREAKPOINT: what breakpoint() calls; 0 for nothing
PYTHONDEVMODE   : as -X dev
PYTHONDONTWRITEBYTECODE: as -B
PYTHONHASHSEED  : random, or the number that fixes the hashes of str and bytes
PYTHONINSPECT   : as -i
PYTHONINTMAXSTRDIGITS: as -X int_max_str_digits
PYTHONIOENCODING: encoding[:errors] of the standard streams
PYTHONNODEBUGRANGES: as -X no_debug_ranges
PYTHONNOUSERSITE: as -s
PYTHONOPTIMIZE  : as -O, with a number as so many of them
PYTHONPATH      : folders that come first in sys.path, separated by colons
PYTHONPROFILEIMPORTTIME: as -X importtime
PYTHONPYCACHEPREFIX: root of a parallel tree for cache files
PYTHONSAFEPATH  : as -P
PYTHONSTARTUP   : file that runs before the first prompt
PYTHONUNBUFFERED: as -u
PYTHONUTF8      : as -X utf8
PYTHONVERBOSE   : as -v
PYTHONWARNDEFAULTENCODING: as -X warn_default_encoding
PYTHONWARNINGS  : as -W, separated by commas
PYTHON_BASIC_REPL: use the prompt without line editing
PYTHON_COLORS   : 1 for colours, 0 for none
PYTHON_CPU_COUNT: as -X cpu_count
PYTHON_HISTORY  : file that keeps what was typed at the prompt
";

pub const X_OPTIONS: &str = "\
Options of -X (any other is kept in sys._xoptions):
-X cpu_count=N: what os.cpu_count() and os.process_cpu_count() return
-X dev        : development mode: more warnings
-X importtime[=2]: print how long each import takes; with 2, also those that are loaded already
-X int_max_str_digits=N: limit of conversions between int and str; 0 for none
-X no_debug_ranges: tracebacks and code objects without columns
-X pycache_prefix=PATH: root of a parallel tree for cache files
-X utf8[=0|1] : use UTF-8 whatever the locale says
-X warn_default_encoding: warn where an encoding is left to the locale
";

pub fn all() -> String {
    [USAGE, ENVIRONMENT, X_OPTIONS].join("\n")
}
