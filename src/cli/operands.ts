/** Options whose value is the next word, whatever it begins with. */
const TAKE_A_VALUE: ReadonlySet<string> = new Set([
  '--announce',
  '--as',
  '--before',
  '--data-dir',
  '--expires',
  '--kind',
  '--limit',
  '--listen',
  '--name',
  '--new-passphrase-file',
  '--passphrase-file',
  '--phrase-file',
  '--role',
  '--uses',
  '--with',
])
/** Groups of commands that are often wanted without one. */
const USUAL_COMMANDS: Readonly<Record<string, string>> = { invite: 'create' }

/** `invite` alone means `invite create`; a word behind it is a command of its own, be it mistyped. */
export function usualCommand(args: readonly string[]): readonly string[] {
  const places = args.flatMap((arg, index) => (looksLikeOption(arg) || isValue(args, index) ? [] : [index]))
  const [only] = places
  const usual = only === undefined ? undefined : USUAL_COMMANDS[args[only] ?? '']
  const asksForHelp = args.includes('--help') || args.includes('-h')
  if (only === undefined || usual === undefined || places.length > 1 || asksForHelp) return args
  return [...args.slice(0, only + 1), usual, ...args.slice(only + 1)]
}

/**
 * Operands may begin with a dash: texts that people write ("- bread", "-5 today"), and one id in 64. No option looks like
 * them, so they go behind "--", where nothing is taken for an option, with the operands that follow.
 */
export function operandsLast(args: readonly string[]): readonly string[] {
  if (args.includes('--')) return args
  const first = args.findIndex((arg, index) => looksLikeOption(arg) && isOperand(arg) && !isValue(args, index))
  if (first === -1) return args
  const tail = args.slice(first)
  const isOption = (arg: string, index: number): boolean =>
    isValue(tail, index) || (looksLikeOption(arg) && !isOperand(arg))
  return [
    ...args.slice(0, first),
    ...tail.filter(isOption),
    '--',
    ...tail.filter((arg, index) => !isOption(arg, index)),
  ]
}

function looksLikeOption(arg: string): boolean {
  return arg.length > 1 && arg.startsWith('-')
}

/** A text after a dash, or the id of a document, a channel or a message. */
function isOperand(arg: string): boolean {
  return /^-[\s\d]/.test(arg) || /^-[A-Za-z0-9_-]{21}$/.test(arg)
}

function isValue(args: readonly string[], index: number): boolean {
  return TAKE_A_VALUE.has(args[index - 1] ?? '')
}
