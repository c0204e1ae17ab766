//! Reading commits and diffs from git: ranges, histories, odd files, limits, broken repositories.

mod builder;
