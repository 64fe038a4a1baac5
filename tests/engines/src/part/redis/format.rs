//! What is written today must be read by every later release.

use anyhow::{Context, Result, bail, ensure};
use engines::redis::Redis;
use steps::report::Report;
use vestibule_redis::RedisStore;
use vestibule_web::store::{Load, StoreError, StoreTime};

use super::user::{key, open, sign_in};

pub(super) async fn run(report: &mut Report, server: &Redis) {
    let title = "keys and records are laid out as they were in the first release";
    let _ = report.step(title, a_record_is_laid_out_as_ever(server)).await;
    let title = "a record in a format of later times is an error, not the end of the session";
    let _ = report.step(title, a_later_format_is_an_error(server)).await;
}

const RECORD: &str = "vestibule:v1:{AHMoqUKEFQaMbOWEMPdokw}:s:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

async fn a_record_is_laid_out_as_ever(server: &Redis) -> Result<()> {
    server.run(&["FLUSHALL"])?;
    let store = open(&RedisStore::new(&server.url())?);
    sign_in(&*store, 1, "alice").await?;
    let Load::Live(record) = store.load(&key(1)).await?.reply else { bail!("she is signed in") };
    let millis = |moment: StoreTime| moment.as_millis();
    let (began, created, end) = (millis(record.began), millis(record.created), millis(record.absolute_end));
    let (idle_end, last_seen) = (millis(record.idle_end), millis(record.last_seen));
    let subject = in_hex(record.subject.as_bytes());
    let scopes: String = record.scopes.iter().map(|scope| in_hex(scope.as_bytes())).collect();
    let (id, token, label) = ("01".repeat(16), "01".repeat(32), in_hex(b"Firefox on Linux"));

    let fixed = format!("01{began:016x}{created:016x}{end:016x}{id}{subject}0004{scopes}{label}");
    ensure!(field(server, "f")? == fixed, "f is {}", field(server, "f")?);
    let none = "00".repeat(1 + 16 + 8);
    let moving = format!("{idle_end:016x}{last_seen:016x}{:032x}01{token}{none}", 0);
    ensure!(field(server, "m")? == moving, "m is {}", field(server, "m")?);
    ensure!(field(server, "g")? == "07".repeat(900), "the grant as it came");
    ensure!(field(server, "d")? == in_hex(b"{}"), "the data as they came");
    ensure!(server.run(&["HLEN", RECORD])? == "4", "and no more");
    Ok(())
}

async fn a_later_format_is_an_error(server: &Redis) -> Result<()> {
    let store = open(&RedisStore::new(&server.url())?);
    let later = "redis.call('HSET', KEYS[1], 'f', '\\002' .. redis.call('HGET', KEYS[1], 'f'):sub(2))";
    server.run(&["EVAL", later, "1", RECORD])?;
    let answer = store.load(&key(1)).await;
    ensure!(matches!(answer, Err(StoreError::Corrupt)), "{answer:?}");
    server.run(&["HSET", RECORD, "f", "1"])?;
    let answer = store.load(&key(1)).await;
    ensure!(matches!(answer, Err(StoreError::Corrupt)), "cut short: {answer:?}");
    Ok(())
}

/// A field of the record, in hexadecimal.
fn field(server: &Redis, name: &str) -> Result<String> {
    let dump = "local dumped = redis.call('HGET', KEYS[1], ARGV[1]):gsub('.', function(c)
      return ('%02x'):format(c:byte())
    end)
    return dumped";
    server.run(&["EVAL", dump, "1", RECORD, name]).context("the record")
}

fn in_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
