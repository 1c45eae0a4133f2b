// Signals that ask a process to stop: what answers them may be interrupted anywhere, and must do without Swift.
#pragma once

/// Takes SIGINT, SIGTERM, SIGHUP (unless it is ignored, as nohup has it), SIGUSR1, SIGXCPU, SIGXFSZ, SIGPWR and
/// SIGPIPE for a wish to stop.
///
/// The first writes `notice` to standard error. Another of the first four ends the process with `code`, unless it
/// comes within two seconds: shells, terminals and batch systems often send the same wish twice. A SIGPIPE or SIGXFSZ
/// for a write of this process counts for nothing: the write says so itself.
void stop_signals_listen(const char *notice, int code);

/// Whether a wish has come.
int stop_signals_wanted(void);
