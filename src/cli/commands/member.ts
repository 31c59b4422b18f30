import type { Command } from 'commander'
import { Argument } from 'commander'

import type { Device, Members, Person } from '../../api/contract/index.ts'
import { labelOf } from '../arguments.ts'
import { confirm } from '../ask.ts'
import type { Tools } from '../command.ts'
import { invocation, withExamples } from '../command.ts'
import { presenceText } from '../text/presence.ts'
import { printableLine } from '../text/printable.ts'
import { PERSON_ROLES, isMember, placeText } from '../text/roles.ts'
import { table } from '../text/table.ts'
import { listed } from '../text/words.ts'

type PersonRole = (typeof PERSON_ROLES)[number]

export function addMember(program: Command, tools: Tools): void {
  const member = program
    .command('member')
    .summary('the people of the swarm, and what each may do')
    .description('The people of the swarm, and what each may do.')
  addList(member, tools)
  addRole(member, tools)
  addRename(member, tools)
  addRemove(member, tools)
  withExamples(member, 'member list', 'member role Bob admin', 'member remove Bob')
}

function addList(member: Command, tools: Tools): void {
  const list = member
    .command('list')
    .description('List the people, with their roles and machines.')
    .action(async () => {
      const run = invocation(tools, list)
      const members = await run.withRunning((client) => client.call('member.list', {}))
      run.printer.result(members.people, () => peopleTable(members, run.terminal.clock.now()))
    })
  withExamples(list, 'member list', 'member list --json')
}

function peopleTable({ people, devices }: Members, now: number): string {
  const rows = people.map((person) => {
    const own = devices.filter(({ deviceId, recovery }) => !recovery && person.devices.includes(deviceId))
    return [nameOf(person), placeText(person), person.self ? 'you' : presenceText(latest(own), now), machines(own)]
  })
  return table(['PERSON', 'ROLE', 'SEEN', 'MACHINES'], rows)
}

/** The one that is here, or was last. */
function latest(devices: readonly Device[]): { readonly online: boolean; readonly lastSeen: number | null } {
  const seen = devices.flatMap(({ lastSeen }) => (lastSeen === null ? [] : [lastSeen]))
  return { online: devices.some(({ online }) => online), lastSeen: seen.length === 0 ? null : Math.max(...seen) }
}

function machines(devices: readonly Device[]): string {
  return listed(devices.filter(isMember).map(nameOf))
}

function nameOf({ name }: Pick<Person, 'name'>): string {
  return printableLine(name)
}

function addRole(member: Command, tools: Tools): void {
  const role = member
    .command('role')
    .argument('<person>', 'the name or id', labelOf)
    .addArgument(new Argument('<role>', 'what they may do from now on').choices(PERSON_ROLES))
    .description('Give a person another role.')
    .action(async (person: string, given: PersonRole) => {
      const run = invocation(tools, role)
      await run.withRunning((client) => client.call('member.role', { person, role: given }))
      run.printer.result({ person, role: given }, () => `${printableLine(person)} is ${given} now.`)
    })
  withExamples(role, 'member role Bob admin', 'member role Carol observer')
}

function addRename(member: Command, tools: Tools): void {
  const rename = member
    .command('rename')
    .argument('<name>', 'your new name', labelOf)
    .description('Change your own name, as everybody sees it.')
    .action(async (name: string) => {
      const run = invocation(tools, rename)
      await run.withRunning((client) => client.call('member.rename', { name }))
      run.printer.result({ name }, () => `You are ${printableLine(name)} now.`)
    })
  withExamples(rename, 'member rename Alice')
}

function addRemove(member: Command, tools: Tools): void {
  const remove = member
    .command('remove')
    .argument('<person>', 'the name or id', labelOf)
    .option('--yes', 'do not ask')
    .description(
      'Remove a person with all their machines. They get nothing newer; what they have stays readable there.',
    )
    .action(async (person: string, { yes }: { readonly yes?: boolean }) => {
      const run = invocation(tools, remove)
      await run.withRunning(async (client) => {
        const name = printableLine(person)
        if (yes !== true) {
          await confirm(run.terminal, {
            facts: [
              `Every machine of ${name} is cut off by all members that learn of it, within seconds where they are on.`,
              'What they have already stays readable there. What they wrote stays in the swarm.',
            ],
            question: `Remove ${name}?`,
          })
        }
        await client.call('member.remove', { person })
        run.printer.result({ person }, () => `${name} is removed, with all their machines.`)
      })
    })
  withExamples(remove, 'member remove Bob', 'member remove Bob --yes')
}
