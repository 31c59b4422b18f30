import type { MenuItemConstructorOptions } from 'electron'
import { Menu } from 'electron'

import type { Page } from './page-messages.ts'

export interface MenuActions {
  readonly goTo: (page: Page) => void
  readonly openLogFolder: () => void
  readonly setKeepRunning: (keepRunning: boolean) => void
  readonly keepRunning: boolean
}

/** The application menu: the platform's standard roles, and the pages with their shortcuts. */
export function applicationMenu(actions: MenuActions, platform: NodeJS.Platform): Menu {
  const mac = platform === 'darwin'
  const settings: MenuItemConstructorOptions = {
    label: 'Settings …',
    accelerator: 'CmdOrCtrl+,',
    click: () => actions.goTo('settings'),
  }
  const keepRunning: MenuItemConstructorOptions = {
    label: 'Keep running when the window is closed',
    type: 'checkbox',
    checked: actions.keepRunning,
    click: (item) => actions.setKeepRunning(item.checked),
  }
  const template: MenuItemConstructorOptions[] = [
    ...(mac ? [appleMenu(settings)] : []),
    {
      label: 'File',
      submenu: mac
        ? [{ role: 'close' }]
        : [settings, keepRunning, { type: 'separator' }, { role: 'close' }, { role: 'quit' }],
    },
    { role: 'editMenu' },
    {
      label: 'Go',
      submenu: [
        { label: 'Home', accelerator: 'CmdOrCtrl+1', click: () => actions.goTo('home') },
        { label: 'Messages', accelerator: 'CmdOrCtrl+2', click: () => actions.goTo('messages') },
        { label: 'Documents', accelerator: 'CmdOrCtrl+3', click: () => actions.goTo('documents') },
      ],
    },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        { type: 'separator' },
        { role: 'reload' },
        { role: 'toggleDevTools' },
      ],
    },
    ...(mac ? [{ role: 'windowMenu' } as const] : []),
    { role: 'help', submenu: [{ label: 'Show log files', click: () => actions.openLogFolder() }] },
  ]
  return Menu.buildFromTemplate(template)
}

function appleMenu(settings: MenuItemConstructorOptions): MenuItemConstructorOptions {
  return {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      { type: 'separator' },
      settings,
      { type: 'separator' },
      { role: 'services' },
      { type: 'separator' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      { role: 'quit' },
    ],
  }
}
