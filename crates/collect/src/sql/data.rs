//! Values that sysbench puts into its tables, and addresses without their passwords.

/// Eleven digits.
const GROUP: usize = 11;

/// Groups of eleven digits with dashes between them.
pub(crate) struct Digits(String);

impl Digits {
    /// Room for so many groups.
    pub fn new(groups: usize) -> Self {
        Self(vec!["0".repeat(GROUP); groups].join("-"))
    }

    /// Draws all digits anew; one uniform number gives the eleven of a group.
    pub fn draw(&mut self, uniform: &mut dyn FnMut() -> f64) -> &str {
        let groups = (self.0.len() + 1) / (GROUP + 1);
        self.0.clear();
        for group in 0..groups {
            if group > 0 {
                self.0.push('-');
            }
            let mut number = (uniform() * 1e11) as u64;
            let mut digits = [b'0'; GROUP];
            for digit in digits.iter_mut().rev() {
                *digit = b'0' + (number % 10) as u8;
                number /= 10;
            }
            self.0.extend(digits.iter().map(|digit| char::from(*digit)));
        }
        &self.0
    }

    /// What was drawn last.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// Groups of column `c`: 119 characters.
pub(crate) const C_GROUPS: usize = 10;
/// Groups of column `pad`: 59 characters.
pub(crate) const PAD_GROUPS: usize = 5;

/// An address with `***` in place of a password, which may have a `/` or a `?` that should have been written otherwise:
/// everything up to the last `@` is taken for it.
pub fn public(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let Some((credentials, _)) = rest.rsplit_once('@') else { return url.to_owned() };
    let Some((user, _)) = credentials.split_once(':') else { return url.to_owned() };
    format!("{scheme}://{user}:***{}", rest.get(credentials.len()..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_form_of_those_of_sysbench() {
        let mut digits = Digits::new(PAD_GROUPS);
        let mut drawn = [0.0, 0.123_456_789_01, 0.999_999_999_99, 0.5, 0.1].into_iter();
        let expected = "00000000000-12345678901-99999999999-50000000000-10000000000";
        assert_eq!(digits.draw(&mut || drawn.next().unwrap()), expected);
        assert_eq!(expected.len(), 59);
        assert_eq!(Digits::new(C_GROUPS).draw(&mut || 0.25).len(), 119);
    }

    #[test]
    fn a_password_is_not_shown() {
        for (url, shown) in [
            ("mysql://root:a@b:c@host:1/test", "mysql://root:***@host:1/test"),
            ("mysql://root:a/b?c@host:1/test", "mysql://root:***@host:1/test"),
            ("mysql://root@host/test", "mysql://root@host/test"),
            ("sqlite:file.db", "sqlite:file.db"),
        ] {
            assert_eq!(public(url), shown);
        }
    }
}
