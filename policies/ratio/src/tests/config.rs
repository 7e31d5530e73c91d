//! What may be written, and what is said of the rest.

use super::*;

#[test]
fn each_bad_config_is_pointed_at() {
    let table = [
        ("{}", "", "missing field `indicator`"),
        (r#"{"indicator":"a"}"#, "", "missing field `per`"),
        (r#"{"indicator":"a","per":3,"max":4}"#, "/max", "unknown field `max`"),
        (r#"{"indicator":"a","per":0}"#, "/per", "expected a number above 0, for example 3; got 0"),
        (r#"{"indicator":"a","per":-1}"#, "/per", "expected a number above 0"),
        (r#"{"indicator":"a","per":"3"}"#, "/per", "invalid type: string \"3\""),
        (r#"{"indicator":"","per":3}"#, "/indicator", "expected the name of an indicator"),
        (r#"{"indicator":[],"per":3}"#, "/indicator", "invalid length 0, expected at least one indicator"),
        (r#"{"indicator":["a",1],"per":3}"#, "/indicator/1", "invalid type: integer `1`, expected a string"),
        (r#"{"indicator":["a","b","a"],"per":3}"#, "/indicator/2", r#""a" is named twice"#),
        (r#"{"indicator":5,"per":3}"#, "/indicator", "invalid type: integer `5`, expected the name of an indicator"),
        (r#"{"indicator":"a","per":3,"rounding":"floor"}"#, "/rounding", "unknown variant `floor`"),
        (r#"{"indicator":"a","per":3,"min":-1}"#, "/min", "invalid value: integer `-1`, expected u32"),
    ];
    for (config, pointer, message) in table {
        let issue = Rehearsal::of::<Ratio>(config).expect_err(config).remove(0);
        assert_eq!(issue.pointer, pointer, "{config}: {}", issue.message);
        assert!(issue.message.starts_with(message), "{config}: {}", issue.message);
    }
}

#[test]
fn the_descriptor_has_the_schema_of_the_config() {
    let package = trimtab_policy_sdk::Package { name: "ratio", version: "0.1.0", summary: "" };
    let descriptor = trimtab_policy_sdk::export::describe::<Ratio>(&package);
    assert_eq!((descriptor.name.as_str(), descriptor.state_layout.as_str()), ("trimtab/ratio", ""));
    let schema = descriptor.config_schema.unwrap_or_default();
    for word in ["2020-12", "truncate", "exclusiveMinimum", "uniqueItems", "additionalProperties"] {
        assert!(schema.contains(word), "{word} is not in {schema}");
    }
}
