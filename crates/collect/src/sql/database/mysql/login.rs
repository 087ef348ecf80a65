//! Who is there: the greeting of a server, and the password.

use mysql_common::constants::{CapabilityFlags, MariadbCapabilities};
use mysql_common::crypto;
use mysql_common::io::ParseBuf;
use mysql_common::packets::{AuthPlugin, AuthSwitchRequest, HandshakePacket, HandshakeResponse};
use mysql_common::proto::MySerialize;

use super::address::Address;
use super::failure::{lost, refused, said, unexpected};
use super::wire::Wire;
use crate::sql::SqlFailure;

/// The largest packet: that of a bulk insert of a thousand rows has 200 kB.
const PACKET_BYTES: u32 = 4 << 20;

/// How both sides agreed to talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Terms {
    /// Columns and rows end with a packet of their own each, as before MySQL 5.7.5.
    pub has_end_of_columns: bool,
    /// Columns that have not changed are not told again: MariaDB 10.6.
    pub may_skip_columns: bool,
}

/// Answers the greeting.
pub(super) fn log_in(wire: &mut Wire<'_>, address: &Address) -> Result<Terms, SqlFailure> {
    let greeting = wire.packet().map_err(lost)?;
    if greeting.first() == Some(&0xff) {
        return Err(said(greeting));
    }
    let greeting: HandshakePacket<'_> =
        ParseBuf(greeting).parse(()).map_err(|_| unexpected("its greeting cannot be read"))?;
    let known = CapabilityFlags::CLIENT_PROTOCOL_41
        | CapabilityFlags::CLIENT_SECURE_CONNECTION
        | CapabilityFlags::CLIENT_LONG_PASSWORD
        | CapabilityFlags::CLIENT_LONG_FLAG
        | CapabilityFlags::CLIENT_TRANSACTIONS
        | CapabilityFlags::CLIENT_PLUGIN_AUTH
        | CapabilityFlags::CLIENT_CONNECT_WITH_DB
        | CapabilityFlags::CLIENT_DEPRECATE_EOF;
    let agreed = greeting.capabilities() & known;
    if !agreed.contains(CapabilityFlags::CLIENT_PROTOCOL_41 | CapabilityFlags::CLIENT_SECURE_CONNECTION) {
        return Err(unexpected("it is older than MySQL 4.1"));
    }
    // MariaDB says that it is no MySQL by leaving out that flag; MySQL has other things in the place of the further ones.
    let is_mariadb = !agreed.contains(CapabilityFlags::CLIENT_LONG_PASSWORD);
    let further = if is_mariadb {
        greeting.mariadb_ext_capabilities() & MariadbCapabilities::MARIADB_CLIENT_CACHE_METADATA
    } else {
        MariadbCapabilities::empty()
    };
    let version = greeting.server_version_parsed().unwrap_or_default();
    let mut proof = Proof { password: &address.password, nonce: greeting.nonce() };
    let plugin = match greeting.auth_plugin() {
        Some(AuthPlugin::CachingSha2Password) => AuthPlugin::CachingSha2Password,
        _ => AuthPlugin::MysqlNativePassword,
    };
    let scrambled = proof.of(&plugin)?;
    let plugin = agreed.contains(CapabilityFlags::CLIENT_PLUGIN_AUTH).then_some(plugin);
    let (user, database) = (address.user.as_bytes(), address.database.as_bytes());
    let response = HandshakeResponse::new(
        Some(scrambled),
        version,
        Some(user),
        Some(database),
        plugin,
        agreed,
        None,
        PACKET_BYTES,
    );
    let response = response.with_mariadb_ext_capabilities(further);
    wire.reply(|out| response.serialize(out)).map_err(lost)?;
    prove(wire, &mut proof)?;
    Ok(Terms {
        has_end_of_columns: !agreed.contains(CapabilityFlags::CLIENT_DEPRECATE_EOF),
        may_skip_columns: further.contains(MariadbCapabilities::MARIADB_CLIENT_CACHE_METADATA),
    })
}

/// What shows that the password is known.
struct Proof<'a> {
    password: &'a str,
    nonce: Vec<u8>,
}

impl Proof<'_> {
    /// Empty for an empty password.
    fn of(&self, plugin: &AuthPlugin<'_>) -> Result<Vec<u8>, SqlFailure> {
        match plugin {
            AuthPlugin::CachingSha2Password | AuthPlugin::MysqlNativePassword => {
                let proof = plugin.gen_data(Some(self.password), &self.nonce);
                Ok(proof.map(|proof| proof.to_vec()).unwrap_or_default())
            }
            other => {
                let name = String::from_utf8_lossy(other.as_bytes()).into_owned();
                let known = "mysql_native_password and caching_sha2_password are known";
                Err(refused(format!("the server asks for a password by {name}; {known}")))
            }
        }
    }

    /// The password itself, for a server that has forgotten it: encrypted with the server's key.
    fn sealed(&self, key: &[u8]) -> Result<Vec<u8>, SqlFailure> {
        let text = self.password.bytes().chain([0]);
        let text: Vec<u8> = text.zip(self.nonce.iter().cycle()).map(|(byte, nonce)| byte ^ nonce).collect();
        // The crate panics over a key that is none.
        let sealed = std::panic::catch_unwind(|| crypto::encrypt(&text, key));
        sealed.map_err(|_| unexpected("its public key cannot be read"))
    }
}

/// Goes on until the server is content.
fn prove(wire: &mut Wire<'_>, proof: &mut Proof<'_>) -> Result<(), SqlFailure> {
    let (mut is_switched, is_private) = (false, wire.is_private());
    loop {
        match wire.packet().map_err(lost)? {
            [0x00, ..] => return Ok(()),
            error @ [0xff, ..] => return Err(said(error)),
            switch @ [0xfe, _, ..] if !is_switched => {
                is_switched = true;
                let asked: AuthSwitchRequest<'_> =
                    ParseBuf(switch).parse(()).map_err(|_| unexpected("its question cannot be read"))?;
                proof.nonce = asked.plugin_data().to_vec();
                let scrambled = proof.of(&asked.auth_plugin())?;
                wire.reply(|out| out.extend_from_slice(&scrambled)).map_err(lost)?;
            }
            // It knows the password from before.
            [0x01, 0x03] => {}
            [0x01, 0x04] if is_private => {
                let text = proof.password.bytes().chain([0]);
                wire.reply(|out| out.extend(text)).map_err(lost)?;
            }
            [0x01, 0x04] => {
                wire.reply(|out| out.push(0x02)).map_err(lost)?;
                let [0x01, key @ ..] = wire.packet().map_err(lost)? else {
                    return Err(unexpected("it has no public key"));
                };
                let sealed = proof.sealed(key)?;
                wire.reply(|out| out.extend_from_slice(&sealed)).map_err(lost)?;
            }
            _ => return Err(unexpected("its question cannot be read")),
        }
    }
}

#[cfg(test)]
mod tests;
