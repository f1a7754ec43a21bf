//! What a program of the test cluster used.

use std::fs;
use std::path::Path;

/// CPU seconds of the one process `program` that works in `folder`, such as the API server
/// of a cluster: user and system time, as /proc/PID/stat tells it (proc_pid_stat(5)).
pub fn cpu_seconds(program: &str, folder: &Path) -> f64 {
    let folder = folder.display().to_string();
    let mut found = fs::read_dir("/proc")
        .expect("/proc is mounted")
        .flatten()
        .filter_map(|process| {
            let path = process.path();
            let arguments = fs::read(path.join("cmdline")).ok()?;
            let arguments = String::from_utf8_lossy(&arguments).into_owned();
            let first = arguments.split('\0').next()?;
            let is_it = Path::new(first).file_name()? == program && arguments.contains(&folder);
            is_it.then(|| fs::read_to_string(path.join("stat")).ok())?
        });
    let stat = found.next().expect("the program runs");
    // The name of the program, which may hold spaces, is in parentheses.
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split(' ')
        .collect();
    let ticks: f64 = [fields[12], fields[13]]
        .iter()
        .map(|field| field.parse::<f64>().expect("a number"))
        .sum();
    ticks / rustix::param::clock_ticks_per_second() as f64
}
