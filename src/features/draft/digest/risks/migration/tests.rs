//! Are migrations read as the person on call would read them?

use super::super::super::story::Story;

#[test]
fn a_drop_without_a_way_back_is_high() {
    let story = Story::new()
        .added("db/migration/V12__drop_legacy.sql", "-- tidy up\nALTER TABLE users\n  DROP COLUMN legacy_id;\n");
    let digest = story.digest();
    assert_eq!(
        story.risks(),
        ["High Migration `V12__drop_legacy.sql` drops column `users.legacy_id` and has no way back"]
    );
    assert_eq!(digest.risks[0].reversible, Some(false));
    assert_eq!(
        (digest.risks[0].evidence[0].line, digest.risks[0].evidence[0].quote.as_str()),
        (3, "DROP COLUMN legacy_id;")
    );
    assert!(digest.risks[0].meaning.contains("backup"));
}

#[test]
fn what_only_the_down_step_drops_is_no_risk_of_going_forward() {
    for story in [
        Story::new().added("migrations/0007_add_total.sql", "-- migrate:up\nALTER TABLE orders ADD COLUMN total int;\n-- migrate:down\nALTER TABLE orders DROP COLUMN total;"),
        Story::new().added("migrations/0007_add_total.sql", "-- +goose Up\nALTER TABLE orders ADD COLUMN total int;\n-- +goose Down\nALTER TABLE orders DROP COLUMN total;"),
        Story::new()
            .added("migrations/0007_add_total.up.sql", "ALTER TABLE orders ADD COLUMN total int;")
            .added("migrations/0007_add_total.down.sql", "ALTER TABLE orders DROP COLUMN total;"),
    ] {
        let risks = story.digest().risks;
        assert_eq!(risks.len(), 1, "{risks:#?}");
        assert!(risks[0].title.starts_with("1 migration adds to the schema and nothing is dropped"), "{}", risks[0].title);
        assert_eq!(risks[0].reversible, Some(true));
        assert!(risks[0].meaning.contains("Going back drops column `orders.total`, with what was written since."), "{}", risks[0].meaning);
    }
}

#[test]
fn frameworks_are_understood() {
    for (path, text, expected) in [
        (
            "db/migrate/20240101120000_drop_carts.rb",
            "class DropCarts < ActiveRecord::Migration[7.0]\n  def up\n    drop_table :carts\n  end\n  def down\n    raise ActiveRecord::IrreversibleMigration\n  end\nend",
            "drops table `carts` and has no way back",
        ),
        (
            "shop/migrations/0042_drop.py",
            "class Migration(migrations.Migration):\n    operations = [\n        migrations.RemoveField(\n            model_name='order',\n            name='legacy',\n        ),\n    ]",
            "drops column `order.legacy`; its down step cannot bring the data back",
        ),
        (
            "alembic/versions/ab12cd34ef56_drop.py",
            "def upgrade():\n    op.drop_column('users', 'age')\n\ndef downgrade():\n    pass",
            "drops column `users.age` and has no way back",
        ),
        (
            "migrations/20240101_x.js",
            "exports.up = (knex) => knex.schema.dropTable('carts');\nexports.down = (knex) => knex.schema.createTable('carts', t => {});",
            "drops table `carts`; its down step cannot bring the data back",
        ),
        (
            "prisma/migrations/20240101_x/migration.sql",
            "DROP TABLE \"Cart\";",
            "drops table `Cart` and has no way back",
        ),
        ("migrations/2024-01-01-000000_x/up.sql", "TRUNCATE carts;", "empties `carts` and has no way back"),
        ("migrations/0009_wipe.sql", "DELETE FROM sessions;", "deletes all rows of `sessions` and has no way back"),
    ] {
        let risks = Story::new().added(path, text).risks();
        assert_eq!(risks.len(), 1, "{path}: {risks:#?}");
        assert!(risks[0].starts_with("High Migration ") && risks[0].ends_with(expected), "{path}: {risks:#?}");
    }
}

#[test]
fn locks_and_renames_are_medium() {
    for (statement, expected) in [
        ("CREATE INDEX orders_at ON orders (at);", "builds an index on `orders` in a way that blocks writes"),
        ("ALTER TABLE orders ADD COLUMN total int NOT NULL;", "adds required column `orders.total` without a default"),
        ("ALTER TABLE orders RENAME COLUMN a TO b;", "renames `orders.a`"),
        ("ALTER TABLE orders ALTER COLUMN total TYPE bigint;", "changes the type of `orders.total`"),
        (
            "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (u) REFERENCES users (id);",
            "adds a checked constraint on `orders`",
        ),
    ] {
        let risks = Story::new().added("migrations/0008_x.sql", statement).risks();
        assert_eq!(risks.len(), 1, "{statement}: {risks:#?}");
        assert!(risks[0].starts_with("Medium") && risks[0].contains(expected), "{statement}: {risks:#?}");
    }
}

#[test]
fn harmless_steps_do_not_alarm() {
    for text in [
        "CREATE TABLE carts (id int);\nCREATE INDEX carts_id ON carts (id);",
        "CREATE INDEX CONCURRENTLY orders_at ON orders (at);",
        "ALTER TABLE orders ADD COLUMN total int NOT NULL DEFAULT 0;",
        "-- DROP TABLE users;\nALTER TABLE orders ADD COLUMN x int;",
        "CREATE TABLE new_orders (id int);\nINSERT INTO new_orders SELECT * FROM orders;\nDROP TABLE orders;\nALTER TABLE new_orders RENAME TO orders;",
        "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (u) REFERENCES users (id) NOT VALID;",
    ] {
        let risks = Story::new().added("migrations/0008_x.sql", text).risks();
        assert_eq!(risks.len(), 1, "{text}: {risks:#?}");
        assert!(risks[0].starts_with("Low 1 migration adds"), "{text}: {risks:#?}");
    }
    assert!(Story::new().added("tests/migrations/0001_x.sql", "DROP TABLE users;").risks().is_empty());
}
