use crate::samples;
use crate::support::{detected, options, try_read, with_input};
use vana_ingest::FORMATS;

#[test]
fn every_layout_is_read_as_it_was_printed() {
    for (format, layout, text, map) in samples::ALL {
        let drafts = try_read(format, text.as_bytes(), &options(map, None)).unwrap();
        insta::assert_debug_snapshot!(format!("{format} {layout}").replace(' ', "_"), drafts);
    }
}

#[test]
fn every_layout_is_recognised_by_its_format_alone() {
    for (format, layout, text, map) in samples::ALL {
        let sure = with_input(text.as_bytes(), |input| detected(input).0);
        let expected = if map.is_empty() { vec![*format] } else { vec![] };
        assert_eq!(sure, expected, "{layout}");
    }
}

#[test]
fn every_format_has_a_sample() {
    for format in FORMATS {
        // Parquet is no text; its tests write it.
        let has_sample = samples::ALL.iter().any(|(name, ..)| *name == format.name());
        assert!(has_sample || format.name() == "parquet", "{}", format.name());
    }
}

#[test]
fn line_ends_and_marks_of_windows_change_nothing() {
    for (format, layout, text, map) in samples::ALL {
        let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        let options = options(map, None);
        let expected = try_read(format, text.as_bytes(), &options).unwrap();
        let found = try_read(format, windows.as_bytes(), &options).unwrap();
        assert_eq!(format!("{found:#?}"), format!("{expected:#?}"), "{format} {layout}");
        let sure = |bytes: &[u8]| with_input(bytes, |input| detected(input).0);
        assert_eq!(sure(windows.as_bytes()), sure(text.as_bytes()), "{format} {layout}");
    }
}

#[test]
fn wrk2_without_blanks_and_first_lines_is_read() {
    let terminal: String = samples::WRK2
        .lines()
        .skip(2)
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n")
        .collect();
    let whole = try_read("wrk2", samples::WRK2.as_bytes(), &options(&[], None)).unwrap();
    let copied = try_read("wrk2", terminal.as_bytes(), &options(&[], None)).unwrap();
    assert_eq!(copied[0].reported, whole[0].reported);
    assert_eq!(format!("{:?}", copied[0].body), format!("{:?}", whole[0].body));
    assert_eq!((copied[0].line, copied[0].clients, copied[0].attributes.len()), (Some(1), None, 0));
    assert_eq!(with_input(terminal.as_bytes(), |input| detected(input).0), ["wrk2"]);
}

#[test]
fn a_given_unit_is_not_doubted() {
    let drafts = try_read("hgrm", samples::HGRM.as_bytes(), &options(&[], Some("us"))).unwrap();
    assert_eq!(crate::support::value(&drafts[0], "latency", "max"), 0.000_009);
    assert_eq!(crate::support::bins(&drafts[0], "latency").last().unwrap().value_ns, 9_000);
    assert_eq!(drafts[0].findings, []);
}
