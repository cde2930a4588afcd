export { ConfigError, loadConfig } from './config';
export type {
  CloudinaryConfig,
  Config,
  FfmpegConfig,
  MailConfig,
  NodeEnvironment,
  TokenConfig,
} from './config';
