#include "cdicom.h"

#include <stdio.h>

static bool refuse(const char *text, char *message) {
  snprintf(message, CDICOM_MESSAGE_CAPACITY, "%s", text);
  return false;
}

#ifdef VITRAIL_DICOM
#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dccodec.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/oflog/oflog.h>

#include <exception>
#include <memory>

namespace {

// The library keeps its decoders in one list, which is written once and only read afterwards.
void register_decoders() {
  static const bool registered = [] {
    // Its warnings would go to standard error, with values of the file in them.
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    DJDecoderRegistration::registerCodecs(EDC_photometricInterpretation, EUC_never, EPC_colorByPixel);
    DJLSDecoderRegistration::registerCodecs(EJLSUC_never, EJLSPC_colorByPixel);
    return true;
  }();
  (void)registered;
}

// No element needs the library's dictionary, a file beside it: each comes with its value representation.
bool insert(DcmItem &item, const DcmTagKey &key, uint16_t value) {
  auto element = std::make_unique<DcmUnsignedShort>(DcmTag(key, DcmVR(EVR_US)));
  return element->putUint16(value).good() && item.insert(element.get(), true).good() && element.release();
}

bool insert_text(DcmItem &item, DcmElement *text, const char *value) {
  std::unique_ptr<DcmElement> element(text);
  return element->putString(value).good() && item.insert(element.get(), true).good() && element.release();
}

bool describe(DcmItem &item, const cdicom_frame &frame) {
  return insert(item, DCM_Rows, frame.rows) && insert(item, DCM_Columns, frame.columns) &&
         insert(item, DCM_SamplesPerPixel, frame.samples) && insert(item, DCM_BitsAllocated, frame.bitsAllocated) &&
         insert(item, DCM_BitsStored, frame.bitsStored) && insert(item, DCM_HighBit, frame.highBit) &&
         insert(item, DCM_PixelRepresentation, frame.isSigned) &&
         (frame.samples == 1 || insert(item, DCM_PlanarConfiguration, 0)) &&
         insert_text(item, new DcmIntegerString(DcmTag(DCM_NumberOfFrames, DcmVR(EVR_IS))), "1") &&
         insert_text(item, new DcmCodeString(DcmTag(DCM_PhotometricInterpretation, DcmVR(EVR_CS))), frame.photometric);
}

bool decompress(E_TransferSyntax syntax, const cdicom_frame &frame, const uint8_t *bytes, size_t count, void *samples,
                size_t capacity, bool *isRGB, char *message) {
  DcmDataset dataset;
  if (!describe(dataset, frame)) return refuse("out of memory", message);
  // An empty table of offsets, and the frame in one fragment. The data set owns all of it in the end.
  auto fragments = std::make_unique<DcmPixelSequence>(DcmTag(DCM_PixelData, DcmVR(EVR_OB)));
  for (bool isTable : {true, false}) {
    auto fragment = std::make_unique<DcmPixelItem>(DcmTag(DCM_Item, DcmVR(EVR_OB)));
    if (!isTable && fragment->putUint8Array(bytes, (unsigned long)count).bad()) return refuse("out of memory", message);
    if (fragments->insert(fragment.get()).bad()) return refuse("out of memory", message);
    fragment.release();
  }
  auto pixels = std::make_unique<DcmPixelData>(DcmTag(DCM_PixelData, DcmVR(EVR_OB)));
  pixels->putOriginalRepresentation(syntax, NULL, fragments.release());
  DcmPixelData *frames = pixels.get();
  if (dataset.insert(frames, true).bad()) return refuse("out of memory", message);
  pixels.release();
  Uint32 fragment = 0;
  OFString model;
  OFCondition condition =
      frames->getUncompressedFrame(&dataset, 0, fragment, samples, (Uint32)capacity, model);
  if (condition.bad()) return refuse(condition.text(), message);
  *isRGB = model == "RGB";
  return true;
}

}  // namespace

const char *cdicom_library_version(void) { return OFFIS_DCMTK_VERSION_STRING; }

bool cdicom_decodes(const char *transfer_syntax) {
  register_decoders();
  DcmXfer syntax(transfer_syntax);
  return syntax.getXfer() != EXS_Unknown &&
         DcmCodecList::canChangeCoding(syntax.getXfer(), EXS_LittleEndianExplicit);
}

bool cdicom_decompress(const char *transfer_syntax, const cdicom_frame *frame, const uint8_t *bytes, size_t count,
                       void *samples, size_t capacity, bool *isRGB, char *message) {
  *isRGB = false;
  // Exceptions must not cross Swift frames.
  try {
    register_decoders();
    return decompress(DcmXfer(transfer_syntax).getXfer(), *frame, bytes, count, samples, capacity, isRGB, message);
  } catch (const std::exception &) {
    return refuse("out of memory", message);
  } catch (...) {
    return refuse("the decoder failed", message);
  }
}

#else

const char *cdicom_library_version(void) { return NULL; }

bool cdicom_decodes(const char *) { return false; }

bool cdicom_decompress(const char *, const cdicom_frame *, const uint8_t *, size_t, void *, size_t, bool *isRGB,
                       char *message) {
  *isRGB = false;
  return refuse("built without DCMTK", message);
}

#endif
