# SPDX-License-Identifier: MIT
#
# What `cmake --install` installs: three libraries with their public headers,
# each a component of its own, and the command.
#
#	alloc	the machine: mm.h, and the Linux interface over it
#	oracle	the model
#	fuzz	programs, generator, lockstep, minimiser; needs both
#	tools	mmtwin
#
# The headers lie under include/mmtwin/ as they do in this tree, so that what
# they include is where they look for it; those that stand in no list here
# are nobody's but ours.  find_package(mmtwin) is mmtwinConfig.cmake.in,
# pkg-config has mmtwin-<component>.  Validator: ci/install-test.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(alloc_headers abi.h abi_cpu.h abi_map.h mm.h)
foreach(name gfp highmem mempool mm slab string vmalloc)
  list(APPEND alloc_headers include/linux/${name}.h)
endforeach()
foreach(name io kmap_types page)
  list(APPEND alloc_headers include/asm/${name}.h)
endforeach()
list(APPEND alloc_headers include/mmtwin/repro.h
  include/mmtwin/repro_calls.h)
set(oracle_headers oracle.h rules.def)
set(fuzz_headers args.def codec.h cover.h death.h exec.h gen.h import.h io.h
  lockstep.h minimize.h op.h ops.def prng.h sandbox.h)

set(alloc_about "x86-32 memory in the manner of Linux 2.6.12")
set(oracle_about "a model of what page frames, objects and mappings promise")
set(fuzz_about "programs of calls, run on machine and model in lockstep")
set(oracle_needs mmtwin-alloc)
set(fuzz_needs "mmtwin-alloc mmtwin-oracle zlib")

# Who links a sanitized library needs the sanitizer's run-time library.
if(MMTWIN_SANITIZE)
  set(alloc_libs -fsanitize=${MMTWIN_SANITIZE})
  target_link_options(mmtwin_alloc INTERFACE
    $<INSTALL_INTERFACE:${alloc_libs}>)
endif()

set(headers_dir ${CMAKE_INSTALL_INCLUDEDIR}/mmtwin)
set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/mmtwin)
set(pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
# from where the .pc files are: a prefix that is moved is a prefix still
file(RELATIVE_PATH include_from_pc /prefix/${pkgconfig_dir}
  /prefix/${CMAKE_INSTALL_INCLUDEDIR})

target_include_directories(mmtwin_alloc INTERFACE
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
  $<INSTALL_INTERFACE:${headers_dir}/alloc/include>)
target_include_directories(mmtwin_oracle INTERFACE
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
set(alloc_cflags "-I\${includedir}/mmtwin/alloc/include")

foreach(component alloc oracle fuzz)
  set_target_properties(mmtwin_${component} PROPERTIES
    EXPORT_NAME ${component})
  install(TARGETS mmtwin_${component} EXPORT mmtwin-${component}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${component})
  install(EXPORT mmtwin-${component} NAMESPACE mmtwin::
    DESTINATION ${config_dir} COMPONENT ${component})
  foreach(header ${${component}_headers})
    get_filename_component(folder ${component}/${header} DIRECTORY)
    install(FILES ${CMAKE_SOURCE_DIR}/${component}/${header}
      DESTINATION ${headers_dir}/${folder} COMPONENT ${component})
  endforeach()
  foreach(field about needs cflags libs)
    set(component_${field} "${${component}_${field}}")
  endforeach()
  configure_file(${CMAKE_CURRENT_LIST_DIR}/mmtwin.pc.in
    ${CMAKE_BINARY_DIR}/install/mmtwin-${component}.pc @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/install/mmtwin-${component}.pc
    DESTINATION ${pkgconfig_dir} COMPONENT ${component})
endforeach()
install(TARGETS mmtwin RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
  COMPONENT tools)

# with alloc, which all need
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/mmtwinConfig.cmake.in
  ${CMAKE_BINARY_DIR}/install/mmtwinConfig.cmake
  INSTALL_DESTINATION ${config_dir}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(
  ${CMAKE_BINARY_DIR}/install/mmtwinConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/install/mmtwinConfig.cmake
  ${CMAKE_BINARY_DIR}/install/mmtwinConfigVersion.cmake
  DESTINATION ${config_dir} COMPONENT alloc)
