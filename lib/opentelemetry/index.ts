export { CachexInstrumentation, type CachexInstrumentationConfig } from './cachex.instrumentation.js';
