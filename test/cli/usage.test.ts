import { describe, expect, test } from 'vitest'

import { createProgram } from '../../src/cli/program.ts'
import { systemTerminal } from '../../src/cli/terminal.ts'
import type { Membership } from '../../src/api/contract/index.ts'
import { membershipOf, statusOf } from '../api/fake-service.ts'
import { FOLDER, Machine, machineWithPeer } from './harness.ts'

describe('a command line that is wrong ends with status 2 and one line that says how', () => {
  test.each<[readonly string[], string]>([
    [['stauts'], "unknown command 'stauts' (Did you mean status?)"],
    [['doc', 'lst'], "unknown command 'lst' (Did you mean list?)"],
    [['status', '--jsn'], "unknown option '--jsn' (Did you mean --json?)"],
    [['send', 'general'], "missing required argument 'text'"],
    [['swarm', 'create'], "missing required argument 'name'"],
    [['status', 'now'], "too many arguments for 'status'. Expected 0 arguments but got 1."],
    [
      ['read', 'general', '--limit', 'many'],
      "option '--limit <n>' argument 'many' is invalid. Give a number from 1 to 500.",
    ],
    [['read', 'general', '--limit', '0'], "option '--limit <n>' argument '0' is invalid. Give a number from 1 to 500."],
    [['up', '--ui', '70000'], "option '--ui [port]' argument '70000' is invalid."],
    [
      ['up', '--listen', 'localhost'],
      "option '--listen <multiaddr>' argument 'localhost' is invalid. Give a multiaddr",
    ],
    [
      ['doc', 'create', 'x', '--kind', 'pdf'],
      "option '--kind <kind>' argument 'pdf' is invalid. Allowed choices are text, rich.",
    ],
    [['channel', 'create', '  '], "command-argument value '  ' is invalid for argument 'name'. It is empty."],
    [['invite', 'lst'], "unknown command 'lst' (Did you mean list?)"],
    [['member', 'remoev', 'Bob'], "unknown command 'remoev' (Did you mean remove?)"],
    [['docter'], "unknown command 'docter' (Did you mean doctor?)"],
    [
      ['member', 'role', 'Bob', 'king'],
      "command-argument value 'king' is invalid for argument 'role'. Allowed choices",
    ],
    [['member', 'role', 'Bob', 'helper'], "command-argument value 'helper' is invalid for argument 'role'."],
    [['invite', '--role', 'king'], "option '--role <role>' argument 'king' is invalid. Allowed choices are owner,"],
    [['invite', '--uses', '0'], "option '--uses <n>' argument '0' is invalid. Give a number from 1 to 1000."],
    [['invite', '--expires', '24'], "option '--expires <time>' argument '24' is invalid. Give minutes, hours or days"],
    [['invite', '--expires', '1h30m'], "option '--expires <time>' argument '1h30m' is invalid."],
    [['invite', '--expires', '0m'], "option '--expires <time>' argument '0m' is invalid. Give at least 1m."],
    [['invite', '--expires', '367d'], "option '--expires <time>' argument '367d' is invalid. Give at most 366d."],
    [['up', '--announce', 'nas'], "option '--announce <multiaddr>' argument 'nas' is invalid. Give a multiaddr"],
    [['status', '--data-dir'], "option '--data-dir <dir>' argument missing"],
  ])('%j', async (args, line) => {
    const { machine, service } = machineWithPeer()
    const { status, stdout, stderr } = await machine.run(args)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(`murmuration: ${line}`)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(service.calls).toHaveLength(0)
  })

  test('a group of commands without one shows what there is', async () => {
    const { status, stdout, stderr } = await new Machine().run(['doc'])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain('create [options] <title>')
  })
})

describe('help', () => {
  test('every command has a description and an example, and takes --data-dir and --json', async () => {
    const program = createProgram({ terminal: systemTerminal(), peers: {} as never }, '1.2.3')
    const names = program.commands.flatMap((command) => [
      [command.name()],
      ...command.commands.map((sub) => [command.name(), sub.name()]),
    ])
    expect(names.length).toBeGreaterThan(38)
    for (const name of names.filter(([first]) => first !== 'help')) {
      const help = await new Machine().run([...name, '--help'])
      expect({ name, ...help }).toMatchObject({ name, status: 0, stderr: '' })
      expect(help.stdout).toMatch(/\n\n[A-Z][^]+?\.\s[^]*Options:[^]*Examples?:\n {2}\$ murmuration /)
      expect(help.stdout).toContain('--data-dir <dir>')
      expect(help.stdout).toContain('--json')
    }
  })

  test('--help and --version answer on stdout with status 0', async () => {
    const help = await new Machine().run(['--help'], { bare: true })
    expect(help).toMatchObject({ status: 0, stderr: '' })
    expect(help.stdout).toContain('Usage: murmuration [options] [command]')
    const version = await new Machine().run(['--version'], { bare: true })
    expect(version).toEqual({ status: 0, stdout: '1.2.3\n', stderr: '' })
  })
})

describe('the folder', () => {
  test.each<[string, readonly string[], Record<string, string>]>([
    ['/home/alice/.local/share/murmuration', ['status'], {}],
    ['/xdg/murmuration', ['status'], { XDG_DATA_HOME: '/xdg' }],
    ['/home/alice/.local/share/murmuration', ['status'], { XDG_DATA_HOME: 'relative' }],
    ['/named', ['status'], { MURMURATION_DATA_DIR: '/named' }],
    ['/given', ['status', '--data-dir', '/given'], { MURMURATION_DATA_DIR: '/named' }],
    ['/given', ['--data-dir', '/given', 'status'], {}],
    ['/given', ['doc', '--data-dir=/given', 'list'], {}],
    ['/work/relative', ['status', '--data-dir', 'relative'], {}],
  ])('is %s for %j with %j', async (folder, args, env) => {
    const { status, stderr } = await new Machine().run(args, { bare: true, env })
    expect(status).toBe(1)
    expect(stderr).toContain(`No Murmuration is running on ${folder}. Start one with: murmuration up`)
  })

  test('is named in what to do next, as a shell takes it, where it is not the usual one', async () => {
    const machine = new Machine()
    const odd = await machine.run(['status', '--data-dir', "/it's here"], { bare: true })
    expect(odd.stderr).toContain(String.raw`Start one with: murmuration up --data-dir '/it'\''s here'`)
    const usual = await machine.run(['status'], { bare: true })
    expect(usual.stderr).toContain('Start one with: murmuration up\n')
  })
})

describe('murmuration alone shows what can be done next', () => {
  test('on a fresh folder', async () => {
    const machine = new Machine()
    const { status, stdout } = await machine.run([])
    expect(status).toBe(0)
    expect(stdout).toContain('No Murmuration is running on /data/alice.')
    expect(stdout).toContain('murmuration swarm create NAME --data-dir /data/alice')
    expect(stdout).toContain('murmuration join INVITE --data-dir /data/alice')
    const json = await machine.run(['--json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ running: false, swarm: null })
  })

  test('on a folder that has been used', async () => {
    const machine = new Machine()
    machine.hasData = true
    const { stdout } = await machine.run([])
    expect(stdout).toContain('murmuration up --ui --data-dir /data/alice')
    expect(stdout).not.toContain('swarm create')
  })

  test('with a peer that is alone in its swarm: invite somebody', async () => {
    const { machine } = machineWithPeer()
    const { stdout } = await machine.run([])
    expect(stdout).toContain('Studio Lisbon')
    expect(stdout).toContain('murmuration invite --data-dir /data/alice')
    expect(stdout).toContain('murmuration device link --data-dir /data/alice')
  })

  test.each<[string, Partial<Membership>, string[]]>([
    ['an observer', { role: 'observer', mayWrite: false, mayInvite: [] }, ['device link']],
    ['a helper', { personId: null, role: 'helper', mayWrite: false, mayInvite: [] }, []],
    ['who was removed', { standing: 'removed', endedBy: 'Bob', mayWrite: false }, ['doc list', 'leave --forget']],
    ['who left', { standing: 'left', mayWrite: false }, ['doc list', 'leave --forget']],
  ])('%s sees no more than what that one can do', async (_who, membership, commands) => {
    const { machine, service } = machineWithPeer()
    const swarm = { swarmId: 's', name: 'Studio', ...membershipOf(membership) }
    service.handle('peer.status', () => statusOf({ swarm }))
    const { next } = JSON.parse((await machine.run(['--json'])).stdout) as { next: string[] }
    expect(next).toEqual(commands.map((command) => `murmuration ${command} --data-dir ${FOLDER}`))
  })
})
