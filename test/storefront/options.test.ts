import { expect, test } from "vitest";
import { type Options, readOptions, UsageExit } from "../../examples/storefront/options.js";

/** What came of a command line: the options, or status and text of the exit. */
function read(...args: string[]): Options | { status: number; printed: string } {
  let printed = "";
  const print = (text: string) => {
    printed += text;
  };
  try {
    return readOptions(args, print, print);
  } catch (error) {
    if (!(error instanceof UsageExit)) throw error;
    return { status: error.status, printed };
  }
}

test("the defaults are 1,000 units a product, invoices from seed 1, caches, and a free port", () => {
  expect(read()).toEqual({
    stock: 1_000,
    cache: "on",
    l1: false,
    browse: 5,
    once: false,
    port: 0,
    seed: 1,
  });
});

test("readOptions reads every option", () => {
  const text =
    "--data a.csv --stock 5 --limit 10 --json b.json --once --port 8080 --seed 7 --cache off --l1 --browse 0";
  expect(read(...text.split(" "))).toEqual({
    data: "a.csv",
    stock: 5,
    limit: 10,
    json: "b.json",
    cache: "off",
    l1: true,
    browse: 0,
    once: true,
    port: 8_080,
    seed: 7,
  });
});

test.each([
  [
    ["--stock", "many"],
    "error: option '--stock <units>' argument 'many' is invalid. A whole number from 0 to 1000000000 is expected.\n",
  ],
  [
    ["--limit", "0"],
    "error: option '--limit <lines>' argument '0' is invalid. A whole number from 1 to 9007199254740991 is expected.\n",
  ],
  [
    ["--port", "70000"],
    "error: option '--port <port>' argument '70000' is invalid. A whole number from 0 to 65535 is expected.\n",
  ],
  [["--data"], "error: option '--data <file>' argument missing\n"],
  [["--onec"], "error: unknown option '--onec'\n(Did you mean --once?)\n"],
  [["invoices.csv"], "error: too many arguments. Expected 0 arguments but got 1.\n"],
])("readOptions names a wrong option, with status 2 (%j)", (args, errors) => {
  expect(read(...args)).toEqual({ status: 2, printed: errors });
});

test("help names every option and the environment variables", () => {
  const help = read("--help");
  expect(help).toMatchObject({ status: 0 });
  for (const name of ["data", "stock", "limit", "json", "once", "port", "seed", "cache", "l1", "browse"]) {
    expect(help).toHaveProperty("printed", expect.stringContaining(`--${name}`));
  }
  expect(help).toHaveProperty("printed", expect.stringContaining("REDIS_URL"));
  expect(help).toHaveProperty("printed", expect.stringContaining("DATABASE_URL"));
});
