import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { LaunchedApp } from '../support/electron.ts'
import { launchApp } from '../support/electron.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { Machine } from './murmuration.ts'

export interface Installation extends LaunchedApp {
  readonly machine: Machine
}

/** The app as installed on a machine of its own, speaking on loopback alone; `args`: what it is started with, such as a link. */
export async function install(name: string, args: readonly string[] = []): Promise<Installation> {
  const userData = await temporaryFolder(name)
  const dataDirectory = join(userData, 'peer')
  await mkdir(dataDirectory, { recursive: true })
  const settings = { machineName: name, personName: name, mdns: false, listen: ['/ip4/127.0.0.1/tcp/0'] }
  await writeFile(join(dataDirectory, 'settings.json'), JSON.stringify(settings))
  return { ...(await launchApp({ userData, dataDirectory, args })), machine: new Machine(name, dataDirectory) }
}

export async function startSwarm({ page }: Installation, name: string): Promise<void> {
  await page.getByText('Start a swarm').click()
  await page.getByLabel('What is the swarm called?').fill(name)
  await page.getByRole('button', { name: 'Start the swarm' }).click()
  await page.getByRole('link', { name: 'Messages' }).waitFor()
}
