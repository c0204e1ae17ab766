//! What the process itself says: everything that no feature could.

use crate::features::Permission;

pub fn stale_button() -> String {
    "This button belongs to an earlier version of Slipway and does nothing any more. `/release help` lists what there is.".to_owned()
}

pub fn not_allowed(needs: Permission) -> String {
    let (what, key) = match needs {
        Permission::Read => ("read notes", "read"),
        Permission::Draft => ("draft notes", "draft"),
        Permission::Edit => ("edit notes", "edit"),
    };
    format!("You may not {what} here. Whoever runs Slipway can add you to `permissions.{key}` in its configuration.")
}

pub fn outside(service: &str, fault: &str) -> String {
    format!(
        "{service} {fault}. Nothing was changed; try again in a minute, and look at `/release status` if it stays so."
    )
}

pub fn bug(id: &str) -> String {
    format!(
        "Something in Slipway went wrong, and nothing was changed. The log has the cause under `{id}`; pass that id on to whoever runs it."
    )
}
