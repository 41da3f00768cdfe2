import type { Model, ScriptModel } from "../../model/model.js";
import type { Returns } from "./frame.js";
import { replyOf } from "./reply.js";
import { returnOf } from "./returns.js";
import { argumentLines, type Places, SINGLE } from "./wrapper-arguments.js";

type Types = Pick<Model, "types">;

/**
 * The generated wrapper at the end of a script whose function stays one. It counts KEYS and ARGV,
 * converts each argument and checks its bounds, calls the function, and encodes the reply. It checks
 * all arguments before the function runs.
 *
 * It stands in the main chunk, because each function would be made again in every call. An error that
 * is returned costs a fifth of one that is thrown.
 */
export function wrapperText(
  model: Types,
  script: Pick<ScriptModel, "name" | "keys" | "args" | "replies">,
  main: string,
  places: Places = SINGLE,
  returns: Returns = "list",
): string {
  const call = [
    ...script.keys.map((_, index) => places.key(index + 1)),
    ...script.args.map((arg) => `arg_${arg.name}`),
  ];
  const replies = script.replies.map((field) => replyOf(model, field));
  return [
    ...argumentLines(model, script, [], places),
    `local ${script.replies.map(({ name }) => `reply_${name}`).join(", ")} = ${main}(${call.join(", ")})`,
    ...replies.flatMap(({ lines }) => lines),
    returnOf(
      replies.map(({ value }) => value),
      returns,
    ),
  ].join("\n");
}
