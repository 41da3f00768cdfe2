import type { ScriptModel } from "../../model/model.js";
import { counted } from "../../naming.js";
import type { Frame } from "./frame.js";
import { callSize } from "./wrapper-arguments.js";

type Contract = Pick<ScriptModel, "name" | "keys" | "args" | "replies">;

/** The header's line that tells the many form from the single one. */
export function manyHeader(limit: number): string {
  return `-- The many form: up to ${limit} calls in one run. An error ends only its own call.`;
}

/** The local function that makes one call. */
const CALL = "local function wrapper_call()";

/**
 * What stands around a script's code in its many form. One function makes a call; it runs once for
 * each call, and `xpcall` ends only that call. KEYS has the keys of all calls, one call after the
 * other. ARGV has their arguments in one element: a flat list in MessagePack, because each element
 * of ARGV costs more than a value of the list. If a call has lists, the number of its values is
 * before them. If calls have no arguments, ARGV is empty.
 */
export function manyFrame(script: Contract, limit: number): Frame {
  const hasLists = hasArgumentCounts(script);
  return {
    places: {
      key: (position) => `KEYS[wrapper_keys + ${position}]`,
      argument: (position) => `wrapper_argv[wrapper_arguments + ${position}]`,
      size: "wrapper_size",
      misfit: (_keys, args) => (hasLists ? `wrapper_size < ${args}` : undefined),
    },
    returns: "values",
    head: [...(hasLists ? countLists(script, limit) : countFixed(script, limit)), ...start(script, hasLists)],
    open: ["", READS, CALL],
    close: ["end"],
    tail: [...FAILED, ...run(script, hasLists)],
    runsOnce: false,
  };
}

/** Whether each call's arguments follow their number, because lists make it differ from call to call. */
export function hasArgumentCounts({ args }: Pick<Contract, "args">): boolean {
  return args.some(({ type }) => type.kind === "list");
}

const READS = "-- Generated: reads and checks the keys and the arguments of one call.";

function countFixed(script: Contract, limit: number): string[] {
  if (script.args.length === 0) {
    return [
      "-- Generated: KEYS has the keys of all calls, one call after the other.",
      callCount(script),
      `if ${misfit(script, limit)} or #ARGV ~= 0 then`,
      ...refusal(script, limit),
      "end",
    ];
  }
  return [
    "-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their",
    "-- arguments, as a flat list in MessagePack.",
    callCount(script),
    ...UNPACK,
    "if",
    `not wrapper_fits or ${misfit(script, limit)}`,
    `or #wrapper_argv ~= ${product(script.args.length, "wrapper_calls")}`,
    "then",
    ...refusal(script, limit),
    "end",
  ];
}

function countLists(script: Contract, limit: number): string[] {
  return [
    "-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV is a flat",
    "-- list in MessagePack: for each call the number of its arguments, and then these.",
    callCount(script),
    ...UNPACK,
    `wrapper_fits = wrapper_fits and not (${misfit(script, limit)})`,
    "local wrapper_end = 0",
    "for _ = 1, wrapper_fits and wrapper_calls or 0 do",
    "local size = tonumber(wrapper_argv[wrapper_end + 1])",
    "wrapper_fits = wrapper_fits and size and size >= 0 and size % 1 == 0",
    "wrapper_end = wrapper_fits and wrapper_end + 1 + size or 0",
    "end",
    "if not wrapper_fits or wrapper_end ~= #wrapper_argv then",
    ...refusal(script, limit),
    "end",
  ];
}

/** `pcall`, because `unpack` fails for a text that is no MessagePack. */
const UNPACK = [
  "local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])",
  'wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"',
];

function callCount({ keys }: Contract): string {
  return `local wrapper_calls = #KEYS${keys.length === 1 ? "" : ` / ${keys.length}`}`;
}

function misfit({ keys }: Contract, limit: number): string {
  const isPart = keys.length === 1 ? "" : " or wrapper_calls % 1 ~= 0";
  return `wrapper_calls < 1 or wrapper_calls > ${limit}${isPart}`;
}

function product(factor: number, name: string): string {
  return factor === 0 ? "0" : factor === 1 ? name : `${factor} * ${name}`;
}

function refusal(script: Contract, limit: number): string[] {
  return [
    `return { err = "ARGUMENT ${script.name} expected 1 to ${limit} calls, each with ${callSize(script)}" }`,
  ];
}

function start({ args }: Contract, hasLists: boolean): string[] {
  return [
    "-- Locals cost less than globals.",
    "local KEYS, xpcall, type = KEYS, xpcall, type",
    ...(args.length === 0
      ? ["-- How many keys stand before those of the call that runs.", "local wrapper_keys = 0"]
      : [
          "-- How many keys and arguments stand before those of the call that runs.",
          "local wrapper_keys, wrapper_arguments = 0, 0",
        ]),
    ...(hasLists ? ["local wrapper_size = 0"] : []),
  ];
}

/** `error` and `redis.call` raise tables. Other errors are texts, which name their line already. */
const FAILED = [
  "",
  "-- Generated: makes an error the reply of its call, with the line that raised it, as Redis does for a",
  "-- single call.",
  "local function wrapper_failed(failure)",
  'if type(failure) ~= "table" then',
  'return { err = "ERR " .. tostring(failure) }',
  "end",
  "-- The levels above: 1 is pcall, 2 this function, 3 error or redis.call, 4 the line that called it.",
  'local _, where = pcall(error, "", 4)',
  "return {",
  'err = tostring(failure.err) .. " at " .. tostring(where),',
  "ignore_error_stats_update = failure.ignore_error_stats_update,",
  "}",
  "end",
];

function run({ keys, args, replies }: Contract, hasLists: boolean): string[] {
  const values = replies.map((_, index) => `reply_${index + 1}`);
  const width = values.length;
  return [
    "",
    "-- Generated: runs the calls in their order. The reply is a list. First comes one text: the values of",
    `-- all calls as a flat list in MessagePack, ${counted(width, "value")} for each call. Then come the errors of the`,
    "-- calls whose first value is true.",
    "local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }",
    "for _ = 1, wrapper_calls do",
    ...(hasLists
      ? [
          "wrapper_size = tonumber(wrapper_argv[wrapper_arguments + 1])",
          "wrapper_arguments = wrapper_arguments + 1",
        ]
      : []),
    `local _, ${values.join(", ")} = xpcall(wrapper_call, wrapper_failed)`,
    'if type(reply_1) == "table" and reply_1.err then',
    "wrapper_reply[#wrapper_reply + 1] = reply_1",
    "reply_1 = true",
    "end",
    "-- A nil would end the list.",
    ...values.map((value, index) => `wrapper_values[wrapper_at + ${index + 1}] = ${value} or false`),
    `wrapper_at = wrapper_at + ${width}`,
    `wrapper_keys = wrapper_keys + ${keys.length}`,
    ...(hasLists
      ? ["wrapper_arguments = wrapper_arguments + wrapper_size"]
      : args.length === 0
        ? []
        : [`wrapper_arguments = wrapper_arguments + ${args.length}`]),
    "end",
    "wrapper_reply[1] = cmsgpack.pack(wrapper_values)",
    "return wrapper_reply",
  ];
}
