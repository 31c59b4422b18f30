import { join } from 'node:path'

import type { Tray } from 'electron'
import {
  BrowserWindow,
  Menu,
  MessageChannelMain,
  app,
  dialog,
  powerMonitor,
  protocol,
  safeStorage,
  session,
  shell,
} from 'electron'

import { confineContents, confineSession } from './confine.ts'
import { isLink, linkIn } from './deep-link.ts'
import { DesktopStateFile } from './desktop-state.ts'
import { askKeyStore } from './key-store.ts'
import { applicationMenu } from './menu.ts'
import type { DesktopOptions } from './options.ts'
import { GO_MESSAGE, LINK_MESSAGE, PORT_MESSAGE } from './page-messages.ts'
import { PAGE_ORIGIN, servePage } from './page-scheme.ts'
import { PeerHost } from './peer-host.ts'
import { createTray } from './tray.ts'
import { openMainWindow } from './window.ts'

export interface DesktopAppOptions extends DesktopOptions {
  readonly userData: string
  /** The folder of the built programs. */
  readonly programs: string
  readonly assets: string
}

/** Holds the window, the tray icon and the peer's process together, from the first window to a clean end. */
export class DesktopApp {
  readonly #options: DesktopAppOptions
  readonly #stateFile: DesktopStateFile
  readonly #peer: PeerHost
  #window: BrowserWindow | undefined
  /** Its page has run its scripts, so that no message is lost. */
  #pageListens = false
  #tray: Tray | undefined
  /** A link that came before a page could take it. */
  #pendingLink: string | undefined
  #quitting: 'no' | 'stopping' | 'done' = 'no'

  constructor(options: DesktopAppOptions) {
    this.#options = options
    this.#stateFile = new DesktopStateFile(join(options.userData, 'desktop.json'))
    this.#peer = new PeerHost({
      program: join(options.programs, 'peer.cjs'),
      dataDirectory: options.dataDirectory,
      outputFile: join(this.#logFolder, 'peer-output.log'),
      askKeyStore: (request) => askKeyStore(safeStorage, request),
      onStarted: () => this.#connectPage(),
      onFailed: (message) => void this.#reportFailure(message),
      onStopRequested: () => app.quit(),
    })
  }

  /** What can happen before the app is ready: links, second starts, the end. */
  listen(): void {
    this.#pendingLink = linkIn(process.argv)
    app.on('open-url', (event, url) => {
      event.preventDefault()
      if (isLink(url)) this.#openLink(url)
    })
    app.on('second-instance', (_event, argv) => {
      this.#show()
      const link = linkIn(argv)
      if (link !== undefined) this.#openLink(link)
    })
    app.on('activate', () => this.#show())
    app.on('window-all-closed', () => {
      const stays = process.platform === 'darwin' || (this.#stateFile.state.keepRunning && this.#tray !== undefined)
      if (!stays) app.quit()
    })
    app.on('before-quit', (event) => this.#stopPeerFirst(event))
    app.on('web-contents-created', (_event, contents) => confineContents(contents, PAGE_ORIGIN))
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit())
  }

  /** Once the app is ready. */
  start(): void {
    confineSession(session.defaultSession, PAGE_ORIGIN)
    servePage(protocol, { folder: join(this.#options.programs, 'renderer'), server: this.#options.pageServer })
    this.#updateMenu()
    this.#peer.start()
    this.#show()
    this.#tray = createTray(this.#options.assets, { show: () => this.#show(), quit: () => app.quit() })
    powerMonitor.on('resume', () => this.#peer.wake())
    powerMonitor.on('unlock-screen', () => this.#peer.wake())
  }

  get #logFolder(): string {
    return join(this.#options.userData, 'logs')
  }

  #show(): void {
    if (!app.isReady() || this.#quitting !== 'no') return
    if (this.#window !== undefined) {
      if (this.#window.isMinimized()) this.#window.restore()
      this.#window.show()
      this.#window.focus()
      return
    }
    const window = openMainWindow({
      preload: join(this.#options.programs, 'preload.cjs'),
      icon: join(this.#options.assets, 'icons', '256x256.png'),
      origin: PAGE_ORIGIN,
      stateFile: this.#stateFile,
    })
    this.#window = window
    window.once('closed', () => {
      this.#window = undefined
      this.#pageListens = false
    })
    // At every load, reloads included: the old page's port ended with it.
    window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) this.#pageListens = false
    })
    window.webContents.on('did-finish-load', () => {
      this.#pageListens = true
      this.#connectPage()
      if (this.#pendingLink !== undefined) this.#openLink(this.#pendingLink)
    })
  }

  /** Lays a fresh line between the page and the peer. */
  #connectPage(): void {
    const contents = this.#window?.webContents
    if (contents === undefined || !this.#pageListens) return // did-finish-load comes
    const { port1, port2 } = new MessageChannelMain()
    this.#peer.connect(port1)
    contents.postMessage(PORT_MESSAGE, null, [port2])
  }

  #openLink(url: string): void {
    const contents = this.#window?.webContents
    if (contents === undefined || !this.#pageListens) {
      this.#pendingLink = url
      this.#show()
      return
    }
    this.#pendingLink = undefined
    contents.send(LINK_MESSAGE, url)
    this.#show()
  }

  #updateMenu(): void {
    const menu = applicationMenu(
      {
        goTo: (page) => {
          this.#show()
          this.#window?.webContents.send(GO_MESSAGE, page)
        },
        openLogFolder: () => void shell.openPath(this.#logFolder),
        keepRunning: this.#stateFile.state.keepRunning,
        setKeepRunning: (keepRunning) => this.#stateFile.update({ keepRunning }),
      },
      process.platform,
    )
    Menu.setApplicationMenu(menu)
  }

  async #reportFailure(message: string): Promise<void> {
    console.error(message)
    const { response } = await dialog.showMessageBox({
      type: 'error',
      message: 'Murmuration cannot run',
      detail: message,
      buttons: ['Quit', 'Show log files'],
      defaultId: 0,
      cancelId: 0,
    })
    if (response === 1) await shell.openPath(this.#logFolder)
    app.quit()
  }

  /** Electron's quit goes on only when the peer has let go of its data folder. */
  #stopPeerFirst(event: Electron.Event): void {
    if (this.#quitting === 'done') return
    event.preventDefault()
    if (this.#quitting === 'stopping') return
    this.#quitting = 'stopping'
    for (const window of BrowserWindow.getAllWindows()) window.hide()
    this.#peer
      .stop()
      .catch((error: unknown) => console.error(error))
      .finally(() => {
        this.#quitting = 'done'
        app.quit()
      })
  }
}
