use super::*;
use crate::command::write_script;

/// A `solo5-elftool` that answers these two questions.
fn elftool(folder: &tempfile::TempDir, manifest: &str, abi: &str) -> String {
    let script = format!("case $1 in query-manifest) echo '{manifest}';; query-abi) echo '{abi}';; esac");
    write_script(&folder.path().join("solo5-elftool"), &script)
}

#[test]
fn tender_and_devices_are_those_of_the_image() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = r#"{"type":"solo5.manifest","version":1,"devices":[{"name":"web","type":"NET_BASIC"},
                      {"name":"data","type":"BLOCK_BASIC"}]}"#;
    let elftool =
        elftool(&folder, manifest, r#"{"type":"solo5.abi","version":1,"target":"spt","version":2}"#);
    let settings = Table::from_iter(
        [("elftool", &elftool[..]), ("image", "/nonexistent/srv"), ("address", "10.0.0.2:8080")]
            .map(|(key, value)| (key.to_owned(), value.into())),
    );
    let recipe = Solo5.recipe(&settings, &Place::default()).unwrap();
    assert_eq!(recipe.attributes["tender"], "spt");
    assert_eq!(recipe.problems, [Problem::at("blocks", "the image wants data")]);
    let Start::Child(program) = &recipe.start else { panic!("{:?}", recipe.start) };
    assert_eq!(program.arguments[0], "solo5-spt");
    assert_eq!(program.arguments[2], format!("--net:web={}", Place::default().label()));
}

#[test]
fn without_its_tool_an_image_is_taken_to_be_for_hvt_and_that_is_said() {
    let settings = toml::toml! { elftool = "/nonexistent/tool" image = "srv" address = "10.0.0.2:8080" };
    let recipe = Solo5.recipe(&settings, &Place::default()).unwrap();
    assert_eq!(recipe.attributes["tender"], "hvt");
    let expected = "tender: /nonexistent/tool query-abi srv: No such file or directory (os error 2)";
    assert_eq!(recipe.problems[0].to_string(), expected);
}
