declare module "lua-format" {
  interface Settings {
    readonly RenameVariables: boolean;
    readonly RenameGlobals: boolean;
    readonly SolveMath: boolean;
  }
  const luamin: {
    Beautify(lua: string, settings: Settings): string;
    Minify(lua: string, settings: Settings): string;
  };
  export default luamin;
}
