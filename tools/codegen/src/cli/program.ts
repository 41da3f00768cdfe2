import { Command, CommanderError } from "commander";
import { escapeUnprintable } from "../unprintable.js";
import { runCheck } from "./check.js";
import { runDiff } from "./diff.js";
import { runFormat } from "./format.js";
import { runGenerate } from "./generate.js";
import { runLock } from "./lock.js";
import {
  asCommandError,
  clientOption,
  luaOption,
  namespaceOption,
  outOption,
  wrappedOption,
} from "./options.js";
import { printError } from "./terminal.js";
import { runVerify } from "./verify.js";
import { packageVersion } from "./version.js";

/** The command line, from its arguments to the exit code. Messages go to the console. */
export async function runProgram(args: readonly string[]): Promise<number> {
  try {
    await programOf().parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    const known = asCommandError(error);
    if (known !== undefined) {
      printError(known.message);
      return known.exitCode;
    }
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed its message already; asking for help is no error.
    return error.exitCode === 0 ? 0 : 2;
  }
}

function programOf(): Command {
  const program = new Command("moonpath-codegen")
    .description("Typed TypeScript functions from a folder of Redis Lua scripts.")
    .version(packageVersion())
    .showHelpAfterError()
    .configureOutput({
      writeOut: (text) => process.stdout.write(escapeUnprintable(text)),
      writeErr: (text) => process.stderr.write(escapeUnprintable(text)),
    })
    .exitOverride();

  /** A command with the options that all of them take. */
  function command(name: string, description: string): Command {
    return program
      .command(name)
      .description(description)
      .addOption(luaOption())
      .addOption(outOption())
      .addOption(clientOption())
      .addOption(namespaceOption())
      .addOption(wrappedOption())
      .exitOverride();
  }

  command("generate", "write the Lua that Redis runs, typed functions, review sheets and the ACL")
    .option("--watch", "keep running, and generate again when a script is saved")
    .action(runGenerate);
  command("check", "run the named checks, and compare formatting, version lock and output").action(runCheck);
  command("verify", "load the scripts on a live server and run their examples, as least-privilege users")
    .option("--redis <url>", "the server; REDIS_URL otherwise")
    .action(runVerify);
  command("diff", "report what changed since a git revision: contract, keys, commands, limits")
    .argument("[revision]", "the git revision", "HEAD")
    .action(runDiff);
  command("lock", "record new versions, so that check reports later changes")
    .option("--amend <script@version...>", "record this version again; only if no service runs it")
    .option("--retire <script@major...>", "retire a major that no service calls; remove its file first")
    .action(runLock);
  command("format", "format the scripts with StyLua").action(runFormat);
  return program;
}
