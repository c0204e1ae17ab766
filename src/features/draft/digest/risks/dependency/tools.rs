//! Which packages only check, build, test, document or publish, wherever a manifest lists them?

const PYTHON: &str = "ruff black mypy pytest flake8 isort pylint mkdocs sphinx coverage twine tox nox pre-commit types- build hypothesis";
const NODE: &str = "eslint @types/ prettier jest vitest webpack babel typescript @typescript-eslint mocha cypress playwright husky stylelint rollup vite @testing-library phpunit";

/// By the beginning of the name: `pytest-cov` goes with `pytest`.
pub fn of_python(name: &str) -> bool {
    PYTHON.split(' ').any(|tool| name.starts_with(tool))
}

/// As [`of_python`], with or without a scope: `@babel/core` goes with `babel`.
pub fn of_node(name: &str) -> bool {
    NODE.split(' ')
        .any(|tool| name.starts_with(tool) || name.strip_prefix('@').is_some_and(|name| name.starts_with(tool)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_told_from_what_runs() {
        assert!(of_python("pytest-cov") && of_node("@babel/core") && of_node("@types/node"));
        assert!(!of_python("uvicorn") && !of_node("react"));
    }
}
