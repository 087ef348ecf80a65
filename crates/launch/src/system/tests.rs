use super::*;

#[test]
fn names_are_unique_and_everything_is_said_of_each() {
    let mut names: Vec<_> = SYSTEMS.iter().map(|system| system.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), SYSTEMS.len());
    for known in SYSTEMS {
        assert!(!known.about().is_empty() && !known.about().contains('\n') && !known.source().is_empty());
        assert!(
            known
                .name()
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-')
        );
        assert_eq!(system(known.name()).map(System::name), Some(known.name()));
    }
}

#[test]
fn every_kind_names_an_unknown_setting_and_does_without_none() {
    for known in SYSTEMS {
        let place = Place::default();
        let problems = known.recipe(&toml::toml! { colour = "red" }, &place).unwrap_err();
        let said: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(said, ["colour: no such setting"], "{}", known.name());
        let problems = known.recipe(&Table::new(), &place).unwrap_err();
        assert!(
            problems.iter().all(|problem| problem.message == "missing"),
            "{}: {problems:?}",
            known.name()
        );
    }
}
