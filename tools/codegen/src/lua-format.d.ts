declare module "lua-format" {
  interface Settings {
    readonly RenameVariables: boolean;
    readonly RenameGlobals: boolean;
    readonly SolveMath: boolean;
  }
  const luamin: {
    Minify(lua: string, settings: Settings): string;
  };
  export default luamin;
}
