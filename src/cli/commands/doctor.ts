import type { Command } from 'commander'

import type { Tools } from '../command.ts'
import { invocation, withExamples } from '../command.ts'
import { labelOf } from '../arguments.ts'
import { doctorText } from '../text/doctor.ts'

export function addDoctor(program: Command, tools: Tools): void {
  const command = program
    .command('doctor')
    .argument('[device]', 'the name or id of one machine (all of them unless given)', labelOf)
    .summary('how machines reach each other, or why not')
    .description('Show how this machine reaches each other one and how that one sees it; or why not, and what to do.')
    .action(async (device: string | undefined) => {
      const run = invocation(tools, command)
      const report = await run.withRunning((client) =>
        client.call('doctor.report', device === undefined ? {} : { device }),
      )
      run.printer.result(report, () => doctorText(report, run.printer.colours, run.terminal.clock.now()))
    })
  withExamples(command, 'doctor', "doctor bob's-laptop", 'doctor --json')
}
