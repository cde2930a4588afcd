export { ConfigError, loadConfig } from './config';
export type { CloudinaryConfig, Config, MailConfig, NodeEnvironment, TokenConfig } from './config';
