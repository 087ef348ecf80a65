//! `vana export`

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use vana_analysis::Reading;
use vana_package::{
    Container, Contents, Describer, Description, PackError, PackedFile, Traces, contents, describer, write,
};
use vana_report::{Notebook, render_notebook};
use vana_trace::Study;

use super::report::place;
use crate::computed::{Computed, compute};
use crate::failure::{Failure, say};
use crate::progress;
use crate::study::open;

/// Pack a study for an archive: one file with everything that a reviewer needs.
///
/// The study as it is, its tables, a notebook that proves them, README, licence, citation, checksums, and descriptions for
/// machines. The same study gives the same bytes. vana verify, vana report and all other commands read the package as it is.
#[derive(Args)]
pub(crate) struct Export {
    /// The study.
    study: PathBuf,
    /// Descriptions for machines, several with commas: ro-crate, data-package, croissant.
    #[arg(long = "as", value_name = "FORMAT", value_delimiter = ',', default_value = "ro-crate", value_parser = parse_describer)]
    describers: Vec<&'static Describer>,
    /// Where to write; a name that ends with .zip or .tar.zst says the container.
    #[arg(long, short, value_name = "FILE|DIR")]
    out: PathBuf,
    /// What the package is wrapped in: zip, tar.zst or dir.
    #[arg(long)]
    container: Option<Container>,
    /// Leave the requests out; what was computed from them stays in the tables.
    #[arg(long, conflicts_with = "thin")]
    without_traces: bool,
    /// Keep only the first and every Nth request after it of each run, in a file of another name.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..))]
    thin: Option<u64>,
    /// Who made the study: 'Family, Given' or 'Family, Given (0000-0000-0000-0000)' with an ORCID iD; several times.
    #[arg(long = "author", value_name = "NAME", value_parser = parse_author)]
    authors: Vec<Author>,
    /// SPDX identifier of the data's licence: CC-BY-4.0.
    #[arg(long, value_name = "ID", value_parser = parse_license)]
    license: Option<String>,
    /// Day of publication, 2026-11-23; without it the day of the last run that says when it began.
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    date: Option<String>,
    /// Version of the package.
    #[arg(long, value_name = "VERSION", default_value = "1.0.0", value_parser = parse_version)]
    package_version: String,
    /// Take an ambiguous name for one of its systems: 'LinuxKit or OSv=OSv'.
    #[arg(long, value_name = "NAME=SYSTEM")]
    assume: Vec<Reading>,
    /// Replace an earlier package.
    #[arg(long)]
    force: bool,
}

impl Export {
    pub fn run(&self, quiet: bool) -> Result<(), Failure> {
        let container = self.container.unwrap_or_else(|| Container::of(&self.out));
        let study = open(&self.study)?;
        place::refuse_inside(&self.out, &study.location)?;
        if study.location.package.is_some() {
            let hint = "unpack it, and export the study in its folder data";
            return Err(
                Failure::input(format!("{} is a package already", self.study.display())).hint(Some(hint))
            );
        }
        let Contents { files, .. } = &self.contents(&study, quiet)?;
        let bar = progress::bar(quiet, files.len() as u64, "packing");
        write(files, &self.out, container, self.force, &|path| {
            bar.set_message(path.to_owned());
            bar.inc(1);
        })?;
        bar.finish_and_clear();
        if !quiet {
            let bytes: u64 = files.iter().map(PackedFile::size).sum();
            let out = self.out.display();
            say(&format!("{} files, {bytes} bytes in {out}; next: vana verify {out}", files.len()));
        }
        Ok(())
    }

    fn contents(&self, study: &Study, quiet: bool) -> Result<Contents, Failure> {
        let Computed { results, tables } = compute(study, &self.assume, false, quiet)?;
        let description = Description {
            title: results.title.clone(),
            source: results.source.clone(),
            authors: self.authors.clone(),
            license: self.license.clone(),
            version: self.package_version.clone(),
            date: self.date.clone().unwrap_or_else(|| last_day(study)),
            digest: results.digest.clone(),
            vana: results.vana.clone(),
        };
        let traces = match (self.without_traces, self.thin) {
            (true, _) => Traces::LeftOut,
            (false, Some(every)) => Traces::Thinned(every),
            (false, None) => Traces::All,
        };
        let mut describers: Vec<&Describer> = Vec::new();
        for one in &self.describers {
            if describers.iter().all(|known| known.name != one.name) {
                describers.push(one);
            }
        }
        let place = vana_package::study_place(study.root());
        let notebook = render_notebook(&Notebook { results: &results, study: &place, tables: "tables" });
        let notebook = notebook.into_iter().map(|file| PackedFile::bytes(file.path, file.bytes)).collect();
        let tables = tables
            .into_iter()
            .map(|file| PackedFile::bytes(format!("tables/{}", file.path), file.bytes))
            .collect();
        let bar = progress::bar(quiet, 0, "reading");
        let found = contents(
            study,
            tables,
            notebook,
            &results.judgement.claims,
            (&description, &describers, traces),
            &|run| bar.set_message(run.to_owned()),
        )?;
        bar.finish_and_clear();
        Ok(found)
    }
}

fn parse_describer(name: &str) -> Result<&'static Describer, String> {
    describer(name).map_err(|error| error.to_string())
}

fn parse_license(text: &str) -> Result<String, String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.+".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return Ok(text.to_owned());
    }
    Err("not an SPDX identifier such as CC-BY-4.0".to_owned())
}

fn parse_version(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.contains(char::is_control) {
        return Err("not a version such as 1.0.0".to_owned());
    }
    Ok(text.to_owned())
}

fn parse_day(text: &str) -> Result<String, String> {
    // Others than four digits, two and two with hyphens are a day to the library as well.
    let day: Option<Date> =
        text.parse().ok().filter(|day: &Date| day.year() >= 1000 && day.to_string() == text);
    day.map(|day| day.to_string()).ok_or_else(|| "not a day such as 2026-11-23".to_owned())
}

/// A name, and an ORCID iD.
type Author = (String, Option<String>);

/// A name, and the ORCID iD behind it in brackets.
fn parse_author(text: &str) -> Result<Author, String> {
    // Four times four digits, the last of which may be an X.
    let is_id = |id: &str| {
        let is_right = |(at, byte): (usize, u8)| match at {
            4 | 9 | 14 => byte == b'-',
            18 => byte.is_ascii_digit() || byte == b'X',
            _ => byte.is_ascii_digit(),
        };
        id.len() == 19 && id.bytes().enumerate().all(is_right)
    };
    let (name, orcid) = match text.trim_end().strip_suffix(')').and_then(|text| text.rsplit_once('(')) {
        Some((name, id)) if is_id(id) => (name.trim(), Some(id.to_owned())),
        _ => (text.trim(), None),
    };
    if name.is_empty() {
        return Err("an author has a name".to_owned());
    }
    Ok((name.to_owned(), orcid))
}

/// The day in UTC on which the last run began; the first day that a zip knows where no run says it.
fn last_day(study: &Study) -> String {
    let last = study.runs.iter().filter_map(|run| run.run.started_unix_ns).max();
    last.and_then(day).unwrap_or_else(|| "1980-01-01".to_owned())
}

/// The day of a moment, in UTC.
fn day(unix_ns: i64) -> Option<String> {
    let moment = Timestamp::from_nanosecond(unix_ns.into()).ok()?;
    Some(Offset::UTC.to_datetime(moment).date().to_string())
}

impl From<PackError> for Failure {
    fn from(error: PackError) -> Self {
        if error.is_io() {
            return Self::machine(error.to_string());
        }
        let hint = match &error {
            PackError::Name { .. } => Some("rename the file in the study"),
            PackError::Nameless(_) => Some("choose a name for it, such as --out package"),
            PackError::Exists(_) => Some("choose another --out, or replace a file with --force"),
            PackError::Changed(_) | PackError::Missing(_) => Some("vana verify says what else differs"),
            _ => None,
        };
        Self::input(error.to_string()).hint(hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        let days =
            [0, 59, 789, 11_016, 19_675, -1].map(|number| day(number * 86_400 * 1_000_000_000).unwrap());
        assert_eq!(
            days,
            ["1970-01-01", "1970-03-01", "1972-02-29", "2000-02-29", "2023-11-14", "1969-12-31"]
        );
    }

    #[test]
    fn an_author_may_have_an_orcid() {
        let orcid = "0000-0002-1825-0097";
        let with = parse_author(&format!("Carberry, Josiah ({orcid})"));
        assert_eq!(with, Ok(("Carberry, Josiah".to_owned(), Some(orcid.to_owned()))));
        assert_eq!(parse_author("A (b)"), Ok(("A (b)".to_owned(), None)));
        let dashes = format!("A ({})", "-".repeat(19));
        assert_eq!(parse_author(&dashes), Ok((dashes.clone(), None)));
        assert!(["", " ", &format!("({orcid})")].map(parse_author).iter().all(Result::is_err));
    }

    #[test]
    fn a_day_and_a_licence_are_checked() {
        assert!(parse_day("2026-11-23").is_ok() && parse_license("CC-BY-4.0").is_ok());
        assert!(parse_day("2024-02-29").is_ok() && parse_day("2000-02-29").is_ok());
        assert!(
            parse_version("2").is_ok() && [" ", "", "1\n2"].map(parse_version).iter().all(Result::is_err)
        );
        for wrong in [
            "2026-02-29",
            "1900-02-29",
            "2026-04-31",
            "2026-01-00",
            "2026-13-01",
            "2026-1-1",
            "today",
            "",
            "2026-11-23T00",
        ] {
            assert!(parse_day(wrong).is_err(), "{wrong}");
        }
        assert!(parse_license("../x").is_err() && parse_license("").is_err());
    }
}
