/**
 * The desktop app's main process: one window, a tray icon, and the peer in a process of its own.
 * It holds no data and decides nothing about the swarm.
 */
import { join } from 'node:path'

import { app, protocol } from 'electron'

import { DesktopApp } from './desktop-app.ts'
import { LINK_SCHEME } from './deep-link.ts'
import { desktopOptions } from './options.ts'
import { registerPageScheme } from './page-scheme.ts'

app.setAppUserModelId('org.murmuration.desktop')
registerPageScheme(protocol)

// Each data folder has one running app: a second start shows the first one's window and hands over its link.
if (app.requestSingleInstanceLock()) {
  const options = desktopOptions({
    argv: process.argv,
    env: process.env,
    userData: app.commandLine.hasSwitch('user-data-dir') ? app.getPath('userData') : undefined,
    platform: process.platform,
    home: app.getPath('home'),
    packaged: app.isPackaged,
  })
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME)
  const desktop = new DesktopApp({
    ...options,
    userData: app.getPath('userData'),
    programs: __dirname,
    assets: join(app.getAppPath(), 'electron', 'assets'),
  })
  desktop.listen()
  app
    .whenReady()
    .then(() => desktop.start())
    .catch((error: unknown) => {
      console.error(error)
      app.exit(1)
    })
} else {
  app.quit()
}
