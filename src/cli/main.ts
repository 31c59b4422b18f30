import '../base/polyfills.ts'
