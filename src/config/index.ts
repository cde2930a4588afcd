export { ConfigError, loadConfig } from './config';
export type { CloudinaryConfig, Config, NodeEnvironment, TokenConfig } from './config';
