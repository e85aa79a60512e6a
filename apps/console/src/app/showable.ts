/** Whether the producer can show a picture of that address: what is stored at DashScope only DashScope reads. */
export const isShowable = (address: string): boolean => !address.startsWith('oss://')
