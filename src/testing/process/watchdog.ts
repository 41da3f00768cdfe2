import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { Socket } from "node:net";
import { withTimeout } from "../wait.js";

/**
 * The program of the watchdog, a small process with a pipe from this process. When the pipe closes
 * (exit, crash, signal, kill -9), it ends all registered processes, removes all registered containers
 * and folders, and exits. It has its own session, because Ctrl+C in a terminal must not reach it.
 */
const WATCHDOG_PROGRAM = `
process.title = "moonpath-watchdog";
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
const processes = new Map(), folders = new Set(), containers = new Map();
const { readFileSync, rmSync } = require("node:fs");
const { request } = require("node:http");
const send = (pid, signal) => { try { process.kill(pid, signal); return true; } catch { return false; } };
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const [verb, subject, signal] = JSON.parse(line);
  if (verb === "process") processes.set(subject, signal);
  else if (verb === "ended") processes.delete(subject);
  else if (verb === "container") containers.set(subject, signal);
  else if (verb === "gone") containers.delete(subject);
  else if (verb === "folder") folders.add(subject);
  else folders.delete(subject);
}).on("close", () => {
  for (const [pid, signal] of processes) send(pid, signal);
  for (const [id, engine] of containers) request({
    ...engine, agent: false, method: "DELETE", path: "/containers/" + id + "?force=true&v=true", timeout: 30000,
  }, (reply) => reply.resume()).on("close", () => containers.delete(id)).on("error", () => {})
    .on("timeout", function () { this.destroy(); }).end();
  const limit = Date.now() + 3000;
  const unreaped = (pid) => { try { return / Z /.test(readFileSync("/proc/" + pid + "/stat", "utf8")); } catch { return false; } };
  const finish = () => {
    const left = [...processes.keys()].filter((pid) => send(pid, 0) && !unreaped(pid));
    if (left.length > 0 && Date.now() < limit) return setTimeout(finish, 20);
    for (const pid of left) send(pid, "SIGKILL");
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    folders.clear();
    if (containers.size > 0) return setTimeout(finish, 20);
    process.exit(0);
  };
  finish();
});
`;

/** How the watchdog reaches the engine of a container, as options of `http.request`. */
export type EngineAddress =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number };
type Message =
  | readonly ["process", number, NodeJS.Signals]
  | readonly ["ended", number]
  | readonly ["container", string, EngineAddress]
  | readonly ["folder" | "removed" | "gone", string];

const processes = new Map<number, NodeJS.Signals>();
const folders = new Set<string>();
const containers = new Map<string, EngineAddress>();
let watchdog: ChildProcess | undefined;
let hasExitListener = false;

/** Registers a process. It gets `signal` when this process ends, in whatever way. */
export function registerProcess(pid: number, signal: NodeJS.Signals): void {
  processes.set(pid, signal);
  send(["process", pid, signal]);
}

/** Call it after the process has ended. */
export function unregisterProcess(pid: number): void {
  if (processes.delete(pid)) send(["ended", pid]);
}

/**
 * Registers a container. It is removed when this process ends, in whatever way. Without the
 * engine's address, only Testcontainers' own container Ryuk removes it.
 */
export function registerContainer(id: string, engine: EngineAddress | undefined): void {
  if (engine === undefined) return;
  containers.set(id, engine);
  send(["container", id, engine]);
}

/** Call it after the container was removed. */
export function unregisterContainer(id: string): void {
  if (containers.delete(id)) send(["gone", id]);
}

/** Registers a folder. It is removed when this process ends, in whatever way. */
export function registerFolder(folder: string): void {
  folders.add(folder);
  send(["folder", folder]);
}

/** Call it after the folder was removed. */
export function unregisterFolder(folder: string): void {
  if (folders.delete(folder)) send(["removed", folder]);
}

/** The process id of the watchdog; undefined if none runs. */
export function watchdogPid(): number | undefined {
  return watchdog?.pid;
}

/**
 * Ends the watchdog if nothing is registered, and waits for its exit. Each `stop()` calls it last.
 */
export async function stopIdleWatchdog(): Promise<void> {
  const child = watchdog;
  if (!child || isNeeded()) return;
  watchdog = undefined;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.stdin?.end();
  await withTimeout(ended, 5_000, "the watchdog to exit");
}

function isNeeded(): boolean {
  return processes.size > 0 || folders.size > 0 || containers.size > 0;
}

function send(message: Message): void {
  if (watchdog) write(watchdog, message);
  else if (isNeeded()) watchdog = startWatchdog();
}

function startWatchdog(): ChildProcess {
  const child = spawn(process.execPath, ["--input-type=commonjs", "-e", WATCHDOG_PROGRAM], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    cwd: "/",
    env: { PATH: process.env["PATH"] ?? "" },
  });
  child.unref();
  child.stdin?.on("error", () => undefined);
  if (child.stdin instanceof Socket) child.stdin.unref();
  child.once("error", () => clearWatchdog(child));
  child.once("exit", () => clearWatchdog(child));
  for (const [pid, signal] of processes) write(child, ["process", pid, signal]);
  for (const folder of folders) write(child, ["folder", folder]);
  for (const [id, engine] of containers) write(child, ["container", id, engine]);
  if (!hasExitListener) process.on("exit", endRegistered);
  hasExitListener = true;
  return child;
}

function write(child: ChildProcess, message: Message): void {
  child.stdin?.write(`${JSON.stringify(message)}\n`);
}

/** If a user killed the watchdog, the next registration starts a new one. */
function clearWatchdog(child: ChildProcess): void {
  if (watchdog === child) watchdog = undefined;
}

/** On a normal exit this process sends the signals at once. The watchdog does the rest. */
function endRegistered(): void {
  for (const [pid, signal] of processes) {
    try {
      process.kill(pid, signal);
    } catch {
      // The process has ended.
    }
  }
  for (const folder of folders) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // A server may still write to it. The watchdog removes the folder after the server's end.
    }
  }
}
