export {
  type ClusterArguments,
  type Environment,
  type EnvironmentOptions,
  type LoginOptions,
  optionsFromEnv,
  type SingleOptions,
} from "./options.js";
export { variables } from "./variables.js";
