import type { Command } from 'commander'

import type { Device, Members } from '../../api/contract/index.ts'
import { labelOf } from '../arguments.ts'
import { confirm } from '../ask.ts'
import type { Tools } from '../command.ts'
import { invocation, withExamples } from '../command.ts'
import { linkLines } from '../show-link.ts'
import { presenceText } from '../text/presence.ts'
import { printableLine } from '../text/printable.ts'
import { placeText } from '../text/roles.ts'
import { table } from '../text/table.ts'
import { ahead } from '../text/words.ts'

export function addDevice(program: Command, tools: Tools): void {
  const device = program
    .command('device')
    .summary('the machines as members, and further ones of your own')
    .description('The machines as members of the swarm, and further ones of your own.')
  addList(device, tools)
  addLink(device, tools)
  addConfirm(device, tools)
  addRemove(device, tools)
  withExamples(device, 'device list', 'device link --qr', 'device remove old-laptop')
}

function addList(device: Command, tools: Tools): void {
  const list = device
    .command('list')
    .description('List the machines, whose they are, and those that are gone.')
    .action(async () => {
      const run = invocation(tools, list)
      const members = await run.withRunning((client) => client.call('member.list', {}))
      run.printer.result(members.devices, () => deviceTable(members, run.terminal.clock.now()))
    })
  withExamples(list, 'device list', 'device list --json')
}

function deviceTable({ devices, people }: Members, now: number): string {
  const shared = devices.some(({ name }, index) => devices.findIndex((other) => other.name === name) !== index)
  const owner = ({ personId }: Device): string =>
    printableLine(people.find((person) => person.personId === personId)?.name ?? '')
  const rows = devices.map((device) => [
    printableLine(device.name),
    owner(device),
    placeText(device),
    seen(device, now),
    // Names that two have name neither of them to a command.
    ...(shared ? [device.deviceId] : []),
  ])
  return table(['MACHINE', 'PERSON', 'ROLE', 'SEEN', ...(shared ? ['ID'] : [])], rows)
}

function seen(device: Device, now: number): string {
  if (device.self) return 'this one'
  return device.recovery ? 'on paper' : presenceText(device, now)
}

function addLink(device: Command, tools: Tools): void {
  const link = device
    .command('link')
    .option('--qr', 'also show it as a QR code')
    .description('Make a link that joins another machine of yours, as you. Keep this one on until it is used.')
    .action(async ({ qr }: { readonly qr?: boolean }) => {
      const run = invocation(tools, link)
      const made = await run.withRunning((client) => client.call('device.link', {}))
      const lines = await linkLines(run, made.link, { qr: qr === true })
      run.printer.remark(
        `On the other machine: murmuration join LINK. It expires ${ahead(made.expires, run.terminal.clock.now())}; this machine has to be on. Whoever has it joins as you:`,
      )
      run.printer.result(made, () => lines.join('\n'))
    })
  withExamples(link, 'device link', 'device link --qr')
}

function addConfirm(device: Command, tools: Tools): void {
  const allow = device
    .command('confirm')
    .argument('<device>', 'its name or id', labelOf)
    .description('Let a machine in for good that was let in at the same time as another on one invite.')
    .action(async (named: string) => {
      const run = invocation(tools, allow)
      await run.withRunning((client) => client.call('device.confirm', { device: named }))
      run.printer.result({ device: named }, () => `${printableLine(named)} is in for good.`)
    })
  withExamples(allow, "device confirm bob's-laptop")
}

function addRemove(device: Command, tools: Tools): void {
  const remove = device
    .command('remove')
    .argument('<device>', 'its name or id', labelOf)
    .option('--yes', 'do not ask')
    .description('Remove a machine. It gets nothing newer; what it has stays readable there.')
    .action(async (named: string, { yes }: { readonly yes?: boolean }) => {
      const run = invocation(tools, remove)
      await run.withRunning(async (client) => {
        const name = printableLine(named)
        if (yes !== true) {
          await confirm(run.terminal, {
            facts: [
              `${name} is cut off by all members that learn of it. What it has already stays readable there.`,
              'It cannot come back: it would have to join anew, from a fresh folder.',
            ],
            question: `Remove ${name}?`,
          })
        }
        await client.call('device.remove', { device: named })
        run.printer.result({ device: named }, () => `${name} is removed.`)
      })
    })
  withExamples(remove, 'device remove old-laptop', 'device remove old-laptop --yes')
}
