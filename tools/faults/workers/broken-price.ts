import { scripts } from "../../../src/index.js";
import { plant, without } from "../../../test/support/lua/mutated.js";

// A late event is no longer told from a newer one; the model of prices has to see it.
const guard = 'if latest and sequence < latest then return "stale" end';
const { lua, digest } = without(scripts.price.set, guard, "");
plant(scripts.price.set, { lua, digest });
