import { Command } from 'commander'

import { addChannel } from './commands/channel.ts'
import { addDevice } from './commands/device.ts'
import { addDoc } from './commands/doc.ts'
import { addDoctor } from './commands/doctor.ts'
import { addInvite } from './commands/invite.ts'
import { addKey } from './commands/key.ts'
import { addLeave } from './commands/leave.ts'
import { addMember } from './commands/member.ts'
import { addRead } from './commands/read.ts'
import { addRecover, addRecovery } from './commands/recover.ts'
import { addSend } from './commands/send.ts'
import { addStatus } from './commands/status.ts'
import { addConnect, addStop } from './commands/stop.ts'
import { addSwarm } from './commands/swarm.ts'
import { addUp } from './commands/up.ts'
import type { Tools } from './command.ts'
import { withExamples } from './command.ts'

/** The whole command line. Parsing throws commander's CommanderError instead of ending the process. */
export function createProgram(tools: Tools, version: string): Command {
  const { stdout, stderr } = tools.terminal
  const program = new Command('murmuration')
    .description('The machines of a group of people as one computer, with no server in it.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .option('--data-dir <dir>', "the peer's folder (default: the platform's place for data)")
    .option('--passphrase-file <file>', 'the file with the passphrase of the device key, or - for standard input')
    .option('--json', 'print results as JSON: one value, or one a line')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (text, write) => write(usageLine(text)),
    })
    .exitOverride()
  addUp(program, tools)
  addSwarm(program, tools)
  addInvite(program, tools)
  addStatus(program, tools)
  addMember(program, tools)
  addDevice(program, tools)
  addDoc(program, tools)
  addChannel(program, tools)
  addSend(program, tools)
  addRead(program, tools)
  addDoctor(program, tools)
  addConnect(program, tools)
  addKey(program, tools)
  addLeave(program, tools)
  addRecovery(program, tools)
  addRecover(program, tools)
  addStop(program, tools)
  return withExamples(program, 'swarm create "Studio Lisbon"', 'up --ui', 'send general "hello"')
}

/** One line, as every failure. */
function usageLine(text: string): string {
  return `murmuration: ${text
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')}\n`
}
