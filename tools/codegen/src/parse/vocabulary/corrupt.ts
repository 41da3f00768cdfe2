import { REDIS_7_0 } from "../../commands/redis-7.0.js";
import { findCommand } from "../../commands/table.js";
import type { CorruptModel, KeyModel } from "../../model/model.js";
import { repairParts } from "../../model/repair-parts.js";
import { faultOf } from "../contract/example-command.js";
import type { Problems } from "../problem.js";
import type { Tag } from "../source/doc.js";

const FORM =
  "write it as: @corrupt total: look HGETALL {stock}; repair HSET {stock} total <sum of the levels>; delete {stock}";

/** Reads `@corrupt <what>: look <commands>; repair <commands or words>; delete {key} {key}`. */
export function readCorrupt(tags: readonly Tag[], problems: Problems): CorruptModel[] {
  const found: CorruptModel[] = [];
  for (const tag of tags.filter(({ name }) => name === "corrupt")) {
    const [, what, look, repair, removed] =
      /^([^:;]+): look ([^;]+); repair ([^;]+); delete (none|(?:\{[a-z][a-z0-9_]*\} ?)+)$/.exec(tag.text) ??
      [];
    if (what === undefined || look === undefined || repair === undefined || removed === undefined) {
      const message = "@corrupt says what is corrupt, how to look and repair, and what to delete together";
      problems.atText(tag, tag.text, "keyspace/corrupt", message, FORM);
    } else if (found.some((other) => other.what === what)) {
      problems.atText(
        tag,
        what,
        "keyspace/corrupt",
        `@corrupt ${what} is there twice`,
        "remove one of the two",
      );
    } else {
      found.push({
        what,
        look: look.trim(),
        repair: repair.trim(),
        remove: namesIn(removed),
        position: tag.textPosition,
      });
    }
  }
  return found;
}

/** Reads `@form <number> <what the form is>`. */
export function readForm(tags: readonly Tag[], problems: Problems): KeyModel["form"] {
  const tag = tags.find(({ name }) => name === "form");
  if (tag === undefined) return undefined;
  const [, digits, note] = /^([1-9]\d{0,5}) (\S.*)$/.exec(tag.text) ?? [];
  if (digits !== undefined && note !== undefined) return { number: Number(digits), note };
  problems.atText(
    tag,
    tag.text,
    "keyspace/form",
    "@form has a number and a sentence",
    "write it as: @form 2 the end of the lease is in the value",
  );
  return undefined;
}

/** Each key in braces exists, and the commands after `look` read them. */
export function checkCorruptKeys(keys: readonly KeyModel[], problems: Problems): void {
  for (const key of keys) {
    for (const { look, repair, remove, position } of key.corrupt ?? []) {
      const named = new Set([...namesIn(look), ...namesIn(repair), ...remove]);
      for (const name of [...named].filter((name) => !keys.some((other) => other.name === name))) {
        const message = `@corrupt of key.${key.name} names {${name}}, which keyspace.lua does not declare`;
        problems.at(position, 1, "keyspace/corrupt", message, "name keys of keyspace.lua");
      }
      const mixed = repairParts(repair).find(({ text, isCommand }) => isCommand && hasWords(text));
      if (mixed !== undefined) {
        const message = `a reader would copy words with the command "${mixed.text}"`;
        problems.at(
          position,
          1,
          "keyspace/corrupt",
          message,
          "put a comma between the command and the words",
        );
      }
      for (const command of look.split(" and ")) {
        const fault = faultOf(command, [...named]);
        const [first = "", second] = command.split(" ");
        if (fault !== undefined) {
          problems.at(position, 1, "keyspace/corrupt", `the command after look: ${fault.message}`, fault.fix);
        } else if (findCommand(REDIS_7_0, first, second)?.flags.includes("write") === true) {
          const message = `${first} writes, but the command after look only reads`;
          problems.at(position, 1, "keyspace/corrupt", message, "use a command that reads the key");
        }
      }
    }
  }
}

/** Whether words follow the command. In `<…>` and in quotes, there may be words. */
function hasWords(command: string): boolean {
  return /\b(because|but|if|unless|until|when|while)\b/.test(command.replace(/<[^>]*>|"[^"]*"/g, ""));
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/\{([a-z][a-z0-9_]*)\}/g)].map(([, name = ""]) => name);
}
