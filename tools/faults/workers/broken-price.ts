import { scripts } from "../../../src/index.js";
import { plant, without } from "../../../test/support/lua/mutated.js";

// The script no longer distinguishes a late event from a newer one, and the model of prices has to
// find that.
const guard = 'if last_sequence and sequence < last_sequence then return "stale" end';
const { lua, digest } = without(scripts.price.set, guard, "");
plant(scripts.price.set, { lua, digest });
