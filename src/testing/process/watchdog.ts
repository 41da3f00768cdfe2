import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { Socket } from "node:net";
import { withTimeout } from "../wait.js";

/**
 * The watchdog: a small process that holds a pipe to this one. When the pipe closes, for whatever reason
 * (exit, crash, signal, kill -9), it ends the processes and removes the folders that are still registered,
 * then ends itself. It lives in a session of its own, so that Ctrl-C in a terminal does not reach it.
 */
const watchdog = `
process.title = "moonpath-watchdog";
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
const processes = new Map(), folders = new Set();
const { readFileSync, rmSync } = require("node:fs");
const send = (pid, signal) => { try { process.kill(pid, signal); return true; } catch { return false; } };
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const [verb, subject, signal] = JSON.parse(line);
  if (verb === "process") processes.set(subject, signal);
  else if (verb === "ended") processes.delete(subject);
  else if (verb === "folder") folders.add(subject);
  else folders.delete(subject);
}).on("close", () => {
  for (const [pid, signal] of processes) send(pid, signal);
  const limit = Date.now() + 3000;
  const unreaped = (pid) => { try { return / Z /.test(readFileSync("/proc/" + pid + "/stat", "utf8")); } catch { return false; } };
  const finish = () => {
    const left = [...processes.keys()].filter((pid) => send(pid, 0) && !unreaped(pid));
    if (left.length > 0 && Date.now() < limit) return setTimeout(finish, 20);
    for (const pid of left) send(pid, "SIGKILL");
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    process.exit(0);
  };
  finish();
});
`;

const processes = new Map<number, NodeJS.Signals>();
const folders = new Set<string>();
let running: ChildProcess | undefined;
let hooked = false;

/** Ends `pid` with `signal` when this process ends in any way, unless {@link unregisterProcess} comes first. */
export function registerProcess(pid: number, signal: NodeJS.Signals): void {
  processes.set(pid, signal);
  tell(["process", pid, signal]);
}

export function unregisterProcess(pid: number): void {
  if (processes.delete(pid)) tell(["ended", pid]);
}

/** Removes `folder` when this process ends in any way, unless {@link unregisterFolder} comes first. */
export function registerFolder(folder: string): void {
  folders.add(folder);
  tell(["folder", folder]);
}

export function unregisterFolder(folder: string): void {
  if (folders.delete(folder)) tell(["removed", folder]);
}

/** The watchdog's process, if one runs. */
export function watchdogPid(): number | undefined {
  return running?.pid;
}

/** Ends the watchdog if nothing is left to guard, and waits for its end. Every `stop()` calls it last. */
export async function stopIdleWatchdog(): Promise<void> {
  const child = running;
  if (!child || processes.size > 0 || folders.size > 0) return;
  running = undefined;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.stdin?.end();
  await withTimeout(ended, 5_000, "the watchdog's end");
}

function tell(message: readonly (string | number)[]): void {
  if (running) write(running, message);
  else if (processes.size > 0 || folders.size > 0) running = startWatchdog();
}

function startWatchdog(): ChildProcess {
  const child = spawn(process.execPath, ["--input-type=commonjs", "-e", watchdog], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    cwd: "/",
    env: { PATH: process.env["PATH"] ?? "" },
  });
  child.unref();
  child.stdin?.on("error", () => undefined);
  if (child.stdin instanceof Socket) child.stdin.unref();
  child.once("error", () => forget(child));
  child.once("exit", () => forget(child));
  for (const [pid, signal] of processes) write(child, ["process", pid, signal]);
  for (const folder of folders) write(child, ["folder", folder]);
  if (!hooked) process.on("exit", endEverything);
  hooked = true;
  return child;
}

function write(child: ChildProcess, message: readonly (string | number)[]): void {
  child.stdin?.write(`${JSON.stringify(message)}\n`);
}

/** A watchdog that somebody killed is replaced at the next registration. */
function forget(child: ChildProcess): void {
  if (running === child) running = undefined;
}

/** At an orderly exit the signals are sent at once; the watchdog sees to the rest. */
function endEverything(): void {
  for (const [pid, signal] of processes) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself.
    }
  }
  for (const folder of folders) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // A server may still be writing: the watchdog removes the folder after the server's end.
    }
  }
}
