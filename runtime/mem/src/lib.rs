//! Value words, object headers, allocation, reference counts and the cycle collector; knows no Python type.
