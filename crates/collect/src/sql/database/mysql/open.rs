//! An open connection: texts, statements, and what comes back.

use super::address::Address;
use super::command::{self, Prepared, split_length};
use super::failure::{lost, refused, said, unexpected};
use super::login::{Terms, log_in};
use super::wire::Wire;
use crate::sql::database::{Argument, Bytes, Connection, Executed};
use crate::sql::{Limits, Share, SqlFailure, Statement};

/// See the head of this file.
pub(super) struct Open<'a> {
    wire: Wire<'a>,
    terms: Terms,
    /// Of each table, of each statement.
    prepared: Vec<[Option<Prepared>; Statement::ALL.len()]>,
}

impl<'a> Open<'a> {
    /// Connects and logs in.
    pub fn connect(address: &Address, limits: Limits<'a>) -> Result<Self, SqlFailure> {
        let mut wire = Wire::connect(address, limits).map_err(|error| {
            let place = match &address.socket {
                Some(path) => path.clone(),
                None => format!("{}:{}", address.host, address.port),
            };
            refused(format!("cannot connect to {place}: {error}"))
        })?;
        let terms = log_in(&mut wire, address)?;
        wire.allow(limits.statement);
        Ok(Self { wire, terms, prepared: Vec::new() })
    }

    /// The beginning of an answer; whether rows follow.
    fn head(&mut self) -> Result<bool, SqlFailure> {
        let (columns, is_told) = match self.wire.packet().map_err(lost)? {
            [0x00, ..] => return Ok(false),
            error @ [0xff, ..] => return Err(said(error)),
            packet => {
                let (columns, rest) =
                    split_length(packet).ok_or_else(|| unexpected("an answer without columns"))?;
                (columns, !self.terms.may_skip_columns || rest.first() != Some(&0))
            }
        };
        if is_told {
            self.skip(columns)?;
        } else if self.terms.has_end_of_columns {
            self.skip(0)?;
        }
        Ok(true)
    }

    /// Reads over the descriptions of so many columns, and over what ends them.
    fn skip(&mut self, columns: u64) -> Result<(), SqlFailure> {
        for _ in 0..columns + u64::from(self.terms.has_end_of_columns) {
            self.wire.packet().map_err(lost)?;
        }
        Ok(())
    }

    /// The next row; `None` after the last.
    fn row(&mut self) -> Result<Option<&[u8]>, SqlFailure> {
        match self.wire.packet().map_err(lost)? {
            error @ [0xff, ..] => Err(said(error)),
            // A row that begins so has a value of more than 16 MiB.
            [0xfe, ..] => Ok(None),
            row => Ok(Some(row)),
        }
    }

    fn run(
        &mut self,
        statement: Statement,
        table: u32,
        arguments: &[Argument<'_>],
    ) -> Result<(), SqlFailure> {
        let of_table = self.prepared.get_mut((table as usize).wrapping_sub(1));
        let slot = of_table.and_then(|all| all.get_mut(statement as usize)).and_then(Option::as_mut);
        let Some(prepared) = slot else {
            return self.query(&statement.text(table)).map(drop);
        };
        self.wire.command(|out| command::execute(out, *prepared, arguments)).map_err(lost)?;
        prepared.has_types = true;
        if self.head()? {
            while self.row()?.is_some() {}
        }
        Ok(())
    }

    fn prepare_one(&mut self, text: &str) -> Result<Prepared, SqlFailure> {
        self.wire.command(|out| command::prepare(out, text)).map_err(lost)?;
        let (number, counts) = match self.wire.packet().map_err(lost)? {
            error @ [0xff, ..] => return Err(said(error)),
            [0x00, n0, n1, n2, n3, c0, c1, p0, p1, ..] => {
                let counts = [u16::from_le_bytes([*p0, *p1]), u16::from_le_bytes([*c0, *c1])];
                (u32::from_le_bytes([*n0, *n1, *n2, *n3]), counts)
            }
            _ => return Err(unexpected("a statement without a number")),
        };
        for count in counts {
            if count > 0 {
                self.skip(count.into())?;
            }
        }
        Ok(Prepared { number, has_types: false })
    }
}

impl Connection for Open<'_> {
    fn query(&mut self, text: &str) -> Result<Vec<String>, SqlFailure> {
        self.wire.command(|out| command::query(out, text)).map_err(lost)?;
        let mut found = Vec::new();
        if self.head()? {
            while let Some(row) = self.row()? {
                // Null has no length.
                let value = split_length(row).and_then(|(length, rest)| rest.get(..length as usize));
                found.push(String::from_utf8_lossy(value.unwrap_or_default()).into_owned());
            }
        }
        Ok(found)
    }

    fn prepare(&mut self, statements: &[Statement], tables: u32) -> Result<(), SqlFailure> {
        self.prepared.clear();
        for table in 1..=tables {
            let mut of_table = [None; Statement::ALL.len()];
            for (statement, slot) in Statement::ALL.into_iter().zip(&mut of_table) {
                // What names no table is asked for with the first one; servers limit how much is prepared.
                let is_further = table > 1 && statement.share() == Share::Other;
                if statements.contains(&statement) && !is_further {
                    *slot = Some(self.prepare_one(&statement.text(table))?);
                }
            }
            self.prepared.push(of_table);
        }
        Ok(())
    }

    fn execute(&mut self, statement: Statement, table: u32, arguments: &[Argument<'_>]) -> Executed {
        let result = self.run(statement, table, arguments);
        let exchange = self.wire.exchange();
        Executed {
            sent: exchange.sent,
            first_byte: exchange.first_byte,
            ended: exchange.ended,
            bytes: Some(Bytes { sent: exchange.bytes_sent, received: exchange.bytes_received }),
            result,
        }
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        // The server counts connections that end without a word as aborted. Where this one is lost, nobody hears it.
        let _ = self.wire.command(command::quit);
    }
}

#[cfg(test)]
mod tests {
    use vana_types::Outcome;

    use super::super::wire::tests::{hearing, packet};
    use super::*;

    fn open(terms: Terms, said: &[&[u8]], piece: usize) -> Open<'static> {
        let said = (1..).zip(said).flat_map(|(number, body)| packet(number, body)).collect();
        let mut of_table = [None; Statement::ALL.len()];
        of_table[0] = Some(Prepared { number: 1, has_types: false });
        Open { wire: hearing(said, piece), terms, prepared: vec![of_table] }
    }

    const END: &[u8] = &[0xfe, 0, 0, 2, 0];
    const OLD: Terms = Terms { has_end_of_columns: true, may_skip_columns: false };
    const NEW: Terms = Terms { has_end_of_columns: false, may_skip_columns: true };

    #[test]
    fn rows_are_found_in_every_form_of_answer() {
        let (rows, null): ([&[u8]; 2], &[u8]) = ([b"\x03one\x01x", b"\x00"], &[0xfb]);
        let expected = ["one", "", ""];
        let old: [&[u8]; 8] = [&[2], b"a", b"b", END, rows[0], rows[1], null, END];
        let told: [&[u8]; 7] = [&[2, 1], b"a", b"b", rows[0], rows[1], null, END];
        let skipped: [&[u8]; 5] = [&[2, 0], rows[0], rows[1], null, END];
        for piece in [1, 7, 1000] {
            for (terms, said) in [(OLD, &old[..]), (NEW, &told), (NEW, &skipped)] {
                assert_eq!(open(terms, said, piece).query("").unwrap(), expected, "{terms:?} {piece}");
            }
        }
    }

    #[test]
    fn an_error_among_the_rows_is_the_answer_and_all_bytes_are_counted() {
        let said: [&[u8]; 3] = [&[1, 0], &[0; 9], b"\xff\xb5\x04#HY000gone"];
        let done = open(NEW, &said, 1000).execute(Statement::PointSelect, 1, &[Argument::Number(5)]);
        assert_eq!(done.result.map_err(|failure| failure.code), Err(1205));
        // A header of 4, a head of 10, null bits, a flag, a type, a number.
        assert_eq!(done.bytes, Some(Bytes { sent: 4 + 10 + 1 + 1 + 2 + 8, received: 12 + 2 + 9 + 13 }));
        assert!(done.first_byte.is_some());
    }

    #[test]
    fn an_answer_that_breaks_off_is_a_lost_connection() {
        for said in [&[&[1u8, 0][..]][..], &[&[1, 0], &[0; 9]], &[]] {
            let done = open(NEW, said, 1000).execute(Statement::PointSelect, 1, &[]);
            let failure = done.result.unwrap_err();
            assert_eq!((failure.outcome, failure.is_lost), (Outcome::Reset, true));
        }
        let done = open(NEW, &[b"\xfb"], 1000).execute(Statement::PointSelect, 1, &[]);
        assert_eq!(done.result.unwrap_err().outcome, Outcome::Protocol);
    }
}
