import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { bundleOf, ROOT } from "../bundle.js";
import type { Ended } from "../program.js";
import type { CommandLine } from "./host-process.js";

const LIMIT_MS = 30_000;

let running: Promise<ChildProcess> | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `moonpath-codegen` in a process that stays: most of a run's second is the start of the
 * program. Runs follow each other. `Project.start` starts a program of its own.
 */
export function runInHost(command: CommandLine): Promise<Ended> {
  const ended = last.then(() => send(command));
  last = ended.catch(() => undefined);
  return ended;
}

async function send(command: CommandLine): Promise<Ended> {
  running ??= startHost();
  const host = await running;
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      running = undefined;
      host.kill("SIGKILL");
      finish();
      reject(new Error(`moonpath-codegen ${command.args.join(" ")}: ${reason}`));
    };
    const onExit = () => fail("the process ended");
    const timer = setTimeout(() => fail(`no end within ${LIMIT_MS} ms`), LIMIT_MS);
    const onMessage = (ended: Ended) => {
      finish();
      resolve(ended);
    };
    const finish = () => {
      clearTimeout(timer);
      host.off("message", onMessage).off("exit", onExit);
    };
    host.once("message", onMessage).once("exit", onExit);
    host.send(command);
  });
}

async function startHost(): Promise<ChildProcess> {
  const file = await bundleOf(join(ROOT, "test/support/codegen/host-process.ts"));
  const host = fork(file, { execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
  // It ends by itself when this process has gone.
  host.unref();
  host.channel?.unref();
  return host;
}
