/** What a child process can be told to do. Parameters and results are plain data. */
export type Commands = Readonly<Record<string, (parameters: never) => Promise<unknown>>>

/** Serves the commands to the process that started this one, and ends in order when that one lets go. */
export function serveCommands<Served extends Commands>(commands: Served, stop: () => Promise<void>): void {
  process.on('message', (message) => {
    const { id, name, parameters } = message as { id: number; name: string; parameters: never }
    const command = commands[name]
    const work = command === undefined ? Promise.reject(new Error(`no command ${name}`)) : command(parameters)
    work.then(
      (value) => process.send?.({ id, value }),
      (error: unknown) =>
        process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : 'failed' }),
    )
  })
  process.on('disconnect', () => {
    void stop().finally(() => process.exit())
  })
}
