import { runQuickly } from "./quick.js";

runQuickly(3);
