import type { CSSVariablesResolver, MantineColorsTuple } from '@mantine/core'
import { createTheme } from '@mantine/core'

import { colourProperties } from './people-colours.ts'

/** The one accent: what can be done now. Index 5 is the dark theme's, index 6 the light theme's. */
const teal: MantineColorsTuple = [
  '#effcfa',
  '#d3f6f1',
  '#a9ece4',
  '#76ded3',
  '#4dd8c9',
  '#2dd4bf',
  '#0ea5a4',
  '#0b8585',
  '#0b6d6d',
  '#08494b',
]

/** Wants attention. */
const amber: MantineColorsTuple = [
  '#fff8e6',
  '#feedc3',
  '#fcdc8c',
  '#f9c74f',
  '#f6b52a',
  '#eba10f',
  '#c98207',
  '#9a6104',
  '#7a4c05',
  '#533405',
]

/** Loss and danger, nothing else. */
const red: MantineColorsTuple = [
  '#fdeeee',
  '#fadadc',
  '#f5b5b9',
  '#f28f96',
  '#f1767f',
  '#f0616b',
  '#d4333f',
  '#b3202c',
  '#8f1822',
  '#641118',
]

/** Surfaces and ink of the dark theme: slate with a breath of teal. */
const dark: MantineColorsTuple = [
  '#e7eff2',
  '#c8d5da',
  '#a5b6bd',
  '#7c8f98',
  '#3b4b54',
  '#2a3841',
  '#1b272e',
  '#141e24',
  '#0f171c',
  '#0a1115',
]

const gray: MantineColorsTuple = [
  '#f6f8f9',
  '#eef2f4',
  '#e1e8eb',
  '#d0d9de',
  '#b6c3ca',
  '#8a9aa3',
  '#5b6d77',
  '#42525b',
  '#2a3941',
  '#14222a',
]

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 6, dark: 5 },
  autoContrast: true,
  luminanceThreshold: 0.25,
  colors: { teal, amber, red, dark, gray },
  white: '#ffffff',
  black: '#14222a',
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif, "Noto Color Emoji"',
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '12px', sm: '14px', md: '16px', lg: '20px', xl: '28px' },
  lineHeights: { xs: '16px', sm: '20px', md: '24px', lg: '28px', xl: '36px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  defaultRadius: 'md',
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '28px', lineHeight: '36px' },
      h2: { fontSize: '20px', lineHeight: '28px' },
      h3: { fontSize: '16px', lineHeight: '24px' },
    },
  },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false, transitionProps: { duration: 100 } } },
    Modal: {
      defaultProps: {
        centered: true,
        radius: 'lg',
        transitionProps: { duration: 140, transition: 'fade' },
        overlayProps: { backgroundOpacity: 0.45 },
      },
      styles: { title: { fontSize: '16px', fontWeight: 650 } },
    },
    Menu: { defaultProps: { shadow: 'md', withInitialFocusPlaceholder: false, transitionProps: { duration: 100 } } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 100 } } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
  },
})

/** Mantine's own variables bent to this product's, and the colours of people, for each theme. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#566872',
    '--mantine-color-placeholder': '#66777f',
    '--mantine-color-error': '#b3202c',
    '--mantine-color-anchor': '#0b6d6d',
    '--mantine-color-teal-light-color': '#0b6d6d',
    '--mantine-color-amber-light-color': '#7a4c05',
    '--mantine-color-red-light-color': '#b3202c',
    ...colourProperties('light'),
  },
  dark: {
    '--mantine-color-dimmed': '#a0b1b9',
    '--mantine-color-placeholder': '#8b9ca5',
    '--mantine-color-error': '#ff8f97',
    '--mantine-color-anchor': '#5be3d2',
    '--mantine-color-teal-light-color': '#5be3d2',
    '--mantine-color-amber-light-color': '#f9c74f',
    '--mantine-color-red-light-color': '#ff8f97',
    ...colourProperties('dark'),
  },
})
