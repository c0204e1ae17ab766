//! Where tickets are kept, one folder per product.

pub mod github_issues;
pub mod jira;
